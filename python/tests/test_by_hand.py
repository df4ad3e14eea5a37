"""Running by hand under the values of an experiment file, which the program draws."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import poptrain
from tests.conftest import train
from tests.engine import PATIENCE
from tests.program import Experiment, environment
from tests.recipes import BY_HAND, recipe

HYPERPARAMETERS = {
    "learning_rate": {"log_uniform": [0.001, 0.1]},
    "layers": {"integer": [1, 8]},
    "mixed": {"choice": ["a", 1, 1.5, True]},
    "depth": {"choice": [2, 4], "structural": True},
    "constant": 1.0,
}


@pytest.fixture
def file(tmp_path: Path, process: pytest.MonkeyPatch, on_path: None) -> Path:
    """An experiment file whose trainer is this process."""
    return Experiment(tmp_path, "", steps=100, hyperparameters=HYPERPARAMETERS).folder / "experiment.yaml"


def trained(intervals: Iterator[poptrain.Interval]) -> list[tuple[int, int, dict[str, Any]]]:
    """Trains all of them, each from the checkpoint before; their ages and values."""
    seen = []
    checkpoint = None
    for interval in intervals:
        assert interval.checkpoint == checkpoint
        assert not interval.warm
        seen.append((interval.start, interval.stop, dict(interval.hyperparameters)))
        train(interval)
        interval.report(error=0.5)
        checkpoint = interval.save_to
    return seen


def test_it_loads_twice_under_other_values(file: Path) -> None:
    seen = trained(poptrain.intervals(standalone=file))
    assert [ages[:2] for ages in seen] == [(0, 20), (20, 40), (40, 60)]
    values = [values for _, _, values in seen]
    for one in values:
        assert list(one) == list(HYPERPARAMETERS)
        assert isinstance(one["learning_rate"], float)
        assert 0.001 <= one["learning_rate"] <= 0.1
        assert isinstance(one["layers"], int)
        assert 1 <= one["layers"] <= 8
        assert repr(one["mixed"]) in ("'a'", "1", "1.5", "True")
        assert repr(one["constant"]) == "1.0"
    assert len({one["learning_rate"] for one in values}) == 3
    assert len({one["depth"] for one in values}) == 1  # or the checkpoint could not be loaded


def test_the_same_seed_draws_the_same(file: Path) -> None:
    first, again, other = (trained(poptrain.intervals(standalone=str(file), seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_longer_and_in_shorter_intervals(file: Path) -> None:
    seen = trained(poptrain.intervals(standalone=file, interval=2, steps=9))
    assert [ages[:2] for ages in seen] == [(0, 2), (2, 4), (4, 6), (6, 8), (8, 9)]
    assert seen[3][2] == seen[0][2]  # after the last values the first again
    interval = next(poptrain.intervals(standalone=file, interval=2))
    assert (interval.total_steps, interval.horizon) == (100, 100)


def test_a_framework_that_owns_the_loop_has_the_file_read_once(file: Path) -> None:
    ages = []
    while (interval := poptrain.next_interval(standalone=file)) is not None:
        file.unlink(missing_ok=True)
        ages.append(interval.start)
        train(interval)
        interval.report(error=0.5)
    assert ages == [0, 20, 40]


def test_a_batch_loads_too(file: Path) -> None:
    seen = []
    for batch in poptrain.batches(capacity=8, standalone=file):
        assert batch.parents == [-1]
        seen.append((batch[0].checkpoint is None, batch["learning_rate"][0]))
        for interval in batch:
            train(interval)
        batch.report(error=[0.5])
    assert [fresh for fresh, _ in seen] == [True, False, False]
    assert len({rate for _, rate in seen}) == 3


def test_a_file_that_is_wrong(tmp_path: Path, process: pytest.MonkeyPatch, on_path: None) -> None:
    with pytest.raises(poptrain.RunError, match=rf"{tmp_path}/nowhere.yaml: there is no such file"):
        poptrain.intervals(standalone=tmp_path / "nowhere.yaml")
    file = tmp_path / "experiment.yaml"
    file.write_text("name: x\nsteps: many\n")
    with pytest.raises(poptrain.RunError, match=rf"{file}:2:8: `steps` must be an integer"):
        poptrain.next_interval(standalone=file)


def printed(experiment: Experiment) -> list[str]:
    """What its trainer prints when it is started by hand."""
    return subprocess.run(
        [sys.executable, "train.py"],
        cwd=experiment.folder,
        env=environment(),
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    ).stdout.splitlines()


@pytest.fixture
def parabola(tmp_path: Path, on_path: None) -> Experiment:
    """The script of docs/recipes.md."""
    return Experiment(
        tmp_path, recipe(BY_HAND), hyperparameters={"learning_rate": {"log_uniform": [1e-4, 0.4]}}
    )


def test_the_recipe_loads_and_leaves_nothing_behind(parabola: Experiment) -> None:
    lines = printed(parabola)
    rates = [float(line.split("learning_rate=")[1]) for line in lines[::2]]
    x = 10.0
    for rate, line in zip(rates, lines[1::2], strict=True):
        for _ in range(20):
            x -= rate * 2 * x
        assert f"error {x * x}, saved in " in line
    assert len(set(rates)) == 3
    folder = Path(lines[-1].split("saved in ")[1]).parent
    assert lines[2].startswith(f"steps 20 to 40, from {folder}/checkpoint-1: ")
    assert not folder.exists()
    assert sorted(path.name for path in parabola.folder.iterdir()) == ["experiment.yaml", "train.py"]


def test_under_poptrain_it_is_a_trainer_like_any_other(parabola: Experiment) -> None:
    parabola.train()
    assert parabola.ask("status", "--json")["trained_steps"] == 240


def test_a_rate_that_loading_brings_back_is_an_error(parabola: Experiment) -> None:
    script = parabola.folder / "train.py"
    loop = "    for step in interval.steps:"
    first_rate = "    rate = rate or interval['learning_rate']\n    interval.applied(learning_rate=rate)\n"
    script.write_text("rate = None\n" + script.read_text().replace(loop, first_rate + loop))
    with pytest.raises(subprocess.CalledProcessError) as caught:
        printed(parabola)
    assert "learning_rate was given as" in caught.value.stderr.splitlines()[-1]
    assert "saved in" in caught.value.stdout  # the first interval
