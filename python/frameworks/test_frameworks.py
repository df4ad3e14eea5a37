"""The naive script of each framework, of which Poptrain says what is wrong, and the one with the helper."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import schedules
from population import HERE, PAGE, Population, script


@dataclass(frozen=True)
class Case:
    """A framework: the heading of its script, and what is to be trained."""

    name: str
    recorder: str
    metric: str
    mode: str
    shape: schedules.Shape = schedules.constant
    rate: str = "learning_rate"
    range: tuple[float, float] = (1e-4, 0.1)
    others: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    def population(self, folder: Path, text: str) -> Population:
        hyperparameters = {self.rate: {"log_uniform": list(self.range)}, **self.others}
        experiment = {
            "metric": self.metric,
            "mode": self.mode,
            "hyperparameters": hyperparameters,
            **self.more,
        }
        return Population(folder, text, self.recorder, **experiment)


TREES = {"range": (1e-2, 1), "more": {"steps": 12, "interval": 3}}
CLIP = {"clip_range": {"uniform": [0.05, 0.4]}}
ROLLOUTS = {"steps": 1024, "interval": 256}
RESUMED = [
    Case("PyTorch", "torch", "accuracy", "max", schedules.warmup_and_cosine),
    Case("Lightning", "torch", "loss", "min", schedules.one_cycle),
    Case("Transformers", "torch", "eval_loss", "min", schedules.of_transformers),
    Case("Stable-Baselines3", "torch", "reward", "max", range=(1e-4, 0.01), others=CLIP, more=ROLLOUTS),
    Case("Keras", "keras", "loss", "min"),
    Case("Flax", "flax", "loss", "min"),
    Case("scikit-learn", "sklearn", "accuracy", "max", others={"alpha": {"log_uniform": [1e-4, 10]}}),
]
BOOSTED = [
    Case(
        "XGBoost",
        "xgboost",
        "log_loss",
        "min",
        rate="eta",
        others={"max_depth": {"integer": [1, 6]}},
        **TREES,
    ),
    Case("LightGBM", "lightgbm", "log_loss", "min", others={"num_leaves": {"integer": [2, 16]}}, **TREES),
]


def named(cases: list[Case]) -> Any:
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


@named(RESUMED)
def test_check_says_that_the_naive_script_trains_with_the_donors_rate(case: Case, tmp_path: Path) -> None:
    naive = (HERE / "naive" / f"{case.name.lower()}.py").read_text()
    found = replace(case, others={}).population(tmp_path, naive).check()
    # What PPO is given is in force an interval late. Its reward is a count, so that equal ones are no proof.
    status, verdict = 65, "FAILED        learning_rate: NO EFFECT"
    if case.name == "Stable-Baselines3":
        status, verdict = 77, "inconclusive  learning_rate: no effect before the next interval"
    assert found.status == status, found.text
    assert verdict in found.text
    assert "loading a checkpoint brings back the value that it was trained under" in found.text


@named(RESUMED + BOOSTED)
def test_with_the_helper_every_step_has_the_rate_of_a_plain_script(case: Case, tmp_path: Path) -> None:
    population = case.population(tmp_path, script(case.name))
    found = population.check()
    assert found.status == 0, found.text
    for check in ("load", "repeat"):
        assert found.line(check).startswith("ok "), found.text
    checked = population.recorded()
    assert not any(interval["rates"] for interval in checked if interval["is_evaluation"])

    run = population.run()
    assert run.status == 0, run.text
    assert "failed" not in run.text, run.text
    first = population.recorded()
    assert_planned(first, case)
    assert any(interval["donor"] is not None for interval in first)

    steps = population.experiment["steps"] * 3 // 2
    run = population.run("--steps", str(steps))  # which makes a schedule longer
    assert run.status == 0, run.text
    second = population.recorded()
    assert all(interval["horizon"] >= steps for interval in second)
    assert_planned(second, case)


def assert_planned(intervals: list[dict[str, Any]], case: Case) -> None:
    """Every step has its own member's rate, times what the schedule makes of it at this age."""
    for interval in intervals:
        start, rate = interval["start"], interval["hyperparameters"][case.rate]
        if case.shape is schedules.constant:
            planned = [rate] * len(interval["rates"])
        else:
            planned = [rate * factor for factor in case.shape(interval["horizon"])[start : start + 30]]
        assert interval["rates"] == pytest.approx(planned, rel=1e-6), interval
        assert planned


WIDTH = 'interval["width"]'
IS_WIDER = {
    "Linear(2, 32)": f"Linear(2, {WIDTH})",
    "Linear(32, 1)": f"Linear({WIDTH}, 1)",
    "poptrain.transformers.seed(interval)": f"config.hidden_size = {WIDTH}",
}


@named(RESUMED[:3])
def test_a_value_that_changes_the_shape_is_said_to_be_structural(case: Case, tmp_path: Path) -> None:
    text = script(case.name)
    for part, wider in IS_WIDER.items():
        text = text.replace(part, wider)
    values = {"learning_rate": 0.01, "width": {"ordered": [16, 32, 64]}}
    found = Population(
        tmp_path, text, case.recorder, metric=case.metric, mode=case.mode, hyperparameters=values
    ).check()
    assert found.status == 65
    assert "`structural: true`" in found.text


def test_every_script_on_the_page_is_run_here() -> None:
    distributed = ["torchrun", "accelerate launch"]
    assert PAGE.count("```python\n") == len([case.name for case in RESUMED + BOOSTED] + distributed)
