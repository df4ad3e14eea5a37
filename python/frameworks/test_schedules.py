"""Frameworks of torch: the naive script, of which Poptrain says what is wrong, and the one with the helper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import schedules
from population import HERE, Population, script

RATE = {"log_uniform": [1e-4, 0.1]}
CASES = [
    ("PyTorch", {"metric": "accuracy", "mode": "max"}, schedules.warmup_and_cosine),
    ("Lightning", {"metric": "loss", "mode": "min"}, schedules.one_cycle),
    ("Transformers", {"metric": "eval_loss", "mode": "min"}, schedules.of_transformers),
]
NAMES = [name for name, *_ in CASES]


@pytest.fixture
def population(request: pytest.FixtureRequest, tmp_path: Path) -> Population:
    name, metric = request.param
    text = script(name) if name[0].isupper() else (HERE / "naive" / f"{name}.py").read_text()
    return Population(tmp_path, text, "torch", **metric, hyperparameters={"learning_rate": RATE})


@pytest.mark.parametrize(
    "population", [(name.lower(), metric) for name, metric, _ in CASES], ids=NAMES, indirect=True
)
def test_check_says_that_the_naive_script_trains_with_the_donors_rate(population: Population) -> None:
    found = population.check()
    assert found.status == 65
    assert "FAILED        learning_rate: NO EFFECT" in found.text
    assert "loading a checkpoint brings back the value that it was trained under" in found.text


@pytest.mark.parametrize(
    ("population", "shape"),
    [((name, metric), shape) for name, metric, shape in CASES],
    ids=NAMES,
    indirect=["population"],
)
def test_with_the_helper_every_step_has_the_rate_of_a_plain_script(
    population: Population, shape: schedules.Shape
) -> None:
    found = population.check()
    assert found.status == 0, found.text
    for check in ("load", "repeat", "learning_rate"):
        assert found.line(check).startswith("ok "), found.text
    population.recorded()

    run = population.run()
    assert run.status == 0, run.text
    assert "failed" not in run.text, run.text
    first = population.recorded()
    assert_planned(first, shape)
    assert any(interval["donor"] is not None for interval in first)

    run = population.run("--steps", "180")  # which makes the schedule longer
    assert run.status == 0, run.text
    second = population.recorded()
    assert all(interval["horizon"] >= 180 for interval in second)
    assert_planned(second, shape)


def assert_planned(intervals: list[dict[str, Any]], shape: schedules.Shape) -> None:
    """Every step has its own member's rate, times what the schedule makes of it at this age."""
    for interval in intervals:
        start, rate = interval["start"], interval["hyperparameters"]["learning_rate"]
        planned = [rate * factor for factor in shape(interval["horizon"])[start : start + 30]]
        assert interval["rates"] == pytest.approx(planned, rel=1e-6), interval
