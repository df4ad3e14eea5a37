"""A small piece of each of the experiments, and the script that runs and reports them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine import PACKAGE
from tests.program import environment, program

ROOT = PACKAGE.parent
FILES = sorted((ROOT / "experiments").glob("*/*.yaml"))
ONE_OF_EACH = {"experiment", "breakout", "freeway"}  # files; JAX compiles for each, so others are slow
PYTHONS = (Path(sys.prefix) / "bin", ROOT / ".venv-jax" / "bin")


def call(*command: object, folder: Path, python: Path) -> str:
    """What a command prints, with a Python and the program on PATH."""
    path = os.pathsep.join([str(python), str(program().parent), os.environ["PATH"]])
    answer = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment() | {"PATH": path},
        check=False,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def python_for(folder: Path) -> Path:
    """The folder of a Python that has what the trainer needs; without one the test is skipped."""
    for python in PYTHONS:
        command = [str(python / "python3"), "-B", "-c", "import train"]
        if (
            python.exists()
            and not subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode
        ):
            return python
    pytest.skip("no Python has what it needs: make setup-jax")


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(ROOT / "experiments")) for file in FILES])
def test_a_few_steps_are_trained(tmp_path: Path, file: Path) -> None:
    if file.stem not in ONE_OF_EACH and "POPTRAIN_SLOW_TESTS" not in os.environ:
        pytest.skip("slow: make test-slow")
    signal.alarm(20 * 60)
    python = python_for(file.parent)
    folder = tmp_path / file.parent.name
    shutil.copytree(file.parent, folder, ignore=shutil.ignore_patterns("runs", "figures", "data"))
    (file.parent / "data").mkdir(exist_ok=True)
    (folder / "data").symlink_to(file.parent / "data")  # data and compiled programs are made once
    text = file.read_text()
    for key, value in {"population_size": 2, "steps": 2, "interval": 1}.items():
        text, count = re.subn(rf"^{key}: \d+", f"{key}: {value}", text, flags=re.MULTILINE)
        assert count == 1
    text = re.sub(r'"(16|20)"\]', '"2"]', text)  # members that a process takes at once
    (folder / file.name).write_text(text)
    call("poptrain", "run", file.name, folder=folder, python=python)
    (run,) = (path for path in (folder / "runs").iterdir() if path.name != "compiled")
    status = json.loads(call("poptrain", "status", run, "--json", folder=folder, python=python))
    assert status["state"] == "finished"
    assert status["failures"] == 0
    assert status["best"] is not None


def test_a_study_is_run_and_reported(tmp_path: Path) -> None:
    pytest.importorskip("scipy")
    for name in ("study.py", "training.py", "toy"):
        path = ROOT / "experiments" / name
        (shutil.copytree if path.is_dir() else shutil.copy)(path, tmp_path / name)
    shutil.rmtree(tmp_path / "toy" / "runs", ignore_errors=True)
    (tmp_path / "toy" / "RESULTS.md").write_text("By hand.\n\n<!-- from here on written by study.py -->old")
    python = PYTHONS[0]
    call("git", "init", "--quiet", folder=tmp_path, python=python)
    study = ("python3", "study.py", "run", "toy", "--seeds", "2")
    with pytest.raises(AssertionError, match="commit the configuration first"):
        call(*study, folder=tmp_path, python=python)

    call("git", "add", ".", folder=tmp_path, python=python)
    author = ("-c", "user.name=A", "-c", "user.email=a@localhost")
    call("git", *author, "commit", "--quiet", "--message", "Frozen", folder=tmp_path, python=python)
    call(*study, folder=tmp_path, python=python)
    results = (tmp_path / "toy" / "RESULTS.md").read_text()
    assert results.startswith("By hand.")
    assert "old" not in results
    assert " 2, 0, 0 |" in results
    assert len(list((tmp_path / "toy" / "figures").iterdir())) == 2
    # On a machine that has not the runs, what was found before stays.
    shutil.rmtree(tmp_path / "toy" / "runs")
    call("python3", "study.py", "report", "toy", folder=tmp_path, python=python)
    assert (tmp_path / "toy" / "RESULTS.md").read_text() == results
    status = ("python3", "study.py", "status")
    assert "toy current" in call(*status, folder=tmp_path, python=python)
    with (tmp_path / "toy" / "train.py").open("a") as file:
        file.write("# changed\n")
    assert "changed since" in call(*status, folder=tmp_path, python=python)


SQUARE = """
import poptrain

for interval in poptrain.intervals():
    for _ in interval.steps:
        pass
    (interval.save_to / "x").write_text(str(interval["x"]))
    error = (interval["x"] - 3) ** 2
    ends = interval.is_test or interval.stop >= interval.total_steps
    interval.report({"error": error} | ({"test_error": error} if ends else {}))
"""
EVALUATE = """
import sys
from pathlib import Path

for checkpoint in sys.argv[1:]:
    print(checkpoint, (float((Path(checkpoint) / "x").read_text()) - 3) ** 2)
"""
EXPERIMENT = """
trainer: {command: [python3, train.py]}
metric: error
mode: min
population_size: 4
steps: 4
interval: 2
workers: 2
hyperparameters:
  x: {uniform: [0, 8]}
  y: 1
"""


def test_the_tuned_constant_is_the_best_of_those_that_were_trained(tmp_path: Path) -> None:
    for name in ("study.py", "training.py"):
        shutil.copy(ROOT / "experiments" / name, tmp_path)
    (tmp_path / "square").mkdir()
    (tmp_path / "square" / "train.py").write_text(SQUARE)
    (tmp_path / "square" / "experiment.yaml").write_text(EXPERIMENT)
    text = call("python3", "study.py", "tune", "square", "--seeds", "1", folder=tmp_path, python=PYTHONS[0])
    constant = re.search(r"^  x: (.*)$", text, re.MULTILINE)
    assert constant
    assert abs(float(constant[1]) - 3) < 2  # the draws are stratified: one of four is that near
    assert "Cost: 16 trainings" in text
    assert not (tmp_path / "square" / ".variant.yml").exists()


def test_ablations_are_trained_and_reported(tmp_path: Path) -> None:
    for name in ("study.py", "training.py", "ablations.py", "ablations_page.py"):
        shutil.copy(ROOT / "experiments" / name, tmp_path)
    (tmp_path / "square").mkdir()
    (tmp_path / "square" / "train.py").write_text(SQUARE)
    (tmp_path / "square" / "evaluate.py").write_text(EVALUATE)
    (tmp_path / "square" / "experiment.yaml").write_text(EXPERIMENT)
    script = """
import ablations
ablations.SIZES, ablations.INTERVALS = (3,), (1, 2, 4)
file = ablations.HERE / "square" / "experiment.yaml"
task = ablations.Task(file, metric="test_error", evaluate="evaluate.py")
ablations.FIGURES = ablations.HERE / "images"
task.run(task.first_seed)
task.run(task.first_seed)  # which adds nothing
print(*task.report(), sep="\\n")
"""
    lines = call("python3", "-c", script, folder=tmp_path, python=PYTHONS[0]).splitlines()
    table = lines[: lines.index("Against random search with as many members:")]
    rows = {line.split(" | ")[0][2:]: line for line in table if line.startswith("| ") and line[2] != "|"}
    for name in ("as it is", "random search", "replayed schedule", "its last values, fixed"):
        assert re.search(r"\| [\d.e-]+ \|$", rows[name]), rows[name]
    assert rows["3 members"].startswith("| 3 members | ")
    assert (tmp_path / "images" / "ablations-square.svg").read_text().count("<circle") == len(rows) - 1
    results = [json.loads(line) for line in (tmp_path / "ablations.jsonl").read_text().splitlines()]
    assert len(results) == len({result["variant"] for result in results}) == len(rows)
    assert all("processors" in result["machine"] for result in results)
    (folder,) = (tmp_path / "square" / "runs").glob("*-ablations")
    for name, line in {"weights-only": "inherit: weights", "4-intervals": "interval: 1"}.items():
        (run,) = folder.glob(f"{name}-seed*")
        assert line in (run / "experiment.yaml").read_text().splitlines()
    (fixed,) = folder.glob("its-last-values,-fixed-seed*")
    assert re.search(r"^ +x: [\d.]+$", (fixed / "experiment.yaml").read_text(), re.MULTILINE)


def test_a_pause_is_no_wall_clock_time(tmp_path: Path) -> None:
    shutil.copy(ROOT / "experiments" / "training.py", tmp_path)
    script = """
import training
spans = [("a", 0, 10), ("b", 0, 12), ("a", 10, 20), ("b", 13, 20), ("a", 1000, 1010), ("b", 1001, 1010)]
rows = [dict(worker=w, started_at_seconds=start, finished_at_seconds=end) for w, start, end in spans]
training.poptrain = lambda *_: rows
print(*training.time_of(training.HERE))
"""
    wall, idle = call("python3", "-c", script, folder=tmp_path, python=PYTHONS[0]).split()
    assert float(wall) == 30
    assert float(idle) == pytest.approx(2 / 60)


def test_remedies_against_greed_are_trained_and_reported(tmp_path: Path) -> None:
    for name in ("study.py", "training.py", "ablations.py", "ablations_page.py"):
        shutil.copy(ROOT / "experiments" / name, tmp_path)
    (tmp_path / "square" / "greed").mkdir(parents=True)
    (tmp_path / "square" / "train.py").write_text(SQUARE)
    (tmp_path / "square" / "greed" / "average.py").write_text(SQUARE)
    (tmp_path / "square" / "greed" / "evaluate.py").write_text(EVALUATE)
    larger = EXPERIMENT.replace("population_size: 4", "population_size: 16").replace("steps: 4", "steps: 10")
    (tmp_path / "square" / "experiment.yaml").write_text(larger)
    script = """
import ablations
ablations.INTERVALS, ablations.SHORT = (2, 5, 10), 10
file = ablations.HERE / "square" / "experiment.yaml"
task = ablations.Greed(file, metric="test_error", evaluate="greed/evaluate.py")
ablations.FIGURES = ablations.HERE / "images"
task.run(task.first_seed)
task.run(task.first_seed)  # which adds nothing
print(*task.report(), sep="\\n")
"""
    lines = call("python3", "-c", script, folder=tmp_path, python=PYTHONS[0]).splitlines()
    assert lines[0] == "## greed"
    rows = [line.split(" | ")[0][2:] for line in lines if re.match(r"\| .* [\d.e-]+ \|$", line)]
    remedies = ["improvement gap", "multiple frequencies", "restarts", "FIRE", "averaged weights"]
    expected = ["as it is", "random search", "2 intervals", "10 intervals"]
    expected += [*(f"10 intervals, {name}" for name in remedies), "growing intervals"]
    assert rows == expected
    files = {
        name: next((tmp_path / "square" / "runs").glob(f"*-ablations/*{name}-seed*/experiment.yaml"))
        for name in ("FIRE", "growing-intervals", "averaged-weights")
    }
    assert "fire" in files["FIRE"].read_text()
    assert "interval: {linear: [1, 2]}" in files["growing-intervals"].read_text()
    assert "greed/average.py" in files["averaged-weights"].read_text()
