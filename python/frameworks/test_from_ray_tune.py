"""The example of docs/from-ray-tune.md, in Poptrain, and in Ray Tune where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from population import PATIENCE, REPOSITORY, Population, environment

PAGE = (REPOSITORY / "docs" / "from-ray-tune.md").read_text()
SET = 'group.update(lr=interval["lr"], momentum=interval["momentum"])'


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


OF_RAY, SCRIPT = blocks("python")
(EXPERIMENT,) = blocks("yaml")
(COMMANDS,) = blocks("sh")


def example(folder: Path, script: str) -> Population:
    population = Population(folder, "")
    (folder / "train.py").write_text(script)
    (folder / "experiment.yaml").write_text(EXPERIMENT)
    return population


def test_the_commands_train_the_example(tmp_path: Path) -> None:
    population = example(tmp_path, SCRIPT)
    for command in COMMANDS.splitlines():
        _, *arguments = command.split()
        output = population.poptrain(*arguments)
        assert output.status == 0, output.text
        assert "failed" not in output.text, output.text
    assert "checkpoint: " in output.text


def test_without_the_line_that_sets_the_values_the_check_fails(tmp_path: Path) -> None:
    assert SET in SCRIPT
    found = example(tmp_path, SCRIPT.replace(SET, "pass")).check()
    assert found.status == 65
    assert "A restored optimizer brings the old value back" in found.text


def test_the_conv_net_is_trained(tmp_path: Path) -> None:
    population = Population(tmp_path, "")
    shutil.copytree(REPOSITORY / "benchmarks" / "convnet", tmp_path, dirs_exist_ok=True)
    output = population.run("--steps", "100")
    assert output.status == 0, output.text
    assert "failed" not in output.text, output.text


def test_ray_tune_trains_it_too(tmp_path: Path) -> None:
    pytest.importorskip("ray.tune")
    shorter = OF_RAY.replace('"step": 200', '"step": 60').replace("num_samples=8", "num_samples=4")
    script = shorter.replace('name="linear"', f'name="linear", storage_path="{tmp_path}"')
    assert script.count(str(tmp_path)) == 1
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert f"{tmp_path}/linear" in answer.stdout.splitlines()[-1]
