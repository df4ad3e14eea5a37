"""The scripts of docs/recipes.md, run as they stand."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest

from tests.engine import PACKAGE, FakeEngine, Trainer
from tests.program import Experiment
from tests.recipes import (
    BUFFER,
    BY_HAND,
    CURVE,
    EPOCHS,
    FRAMEWORK,
    MANY,
    ONCE,
    PAGE,
    PYTHON_PATH,
    RANKS,
    RATES,
    recipe,
)

Start = Callable[..., Trainer]


def train(start: Start, engine: FakeEngine, script: str, **more: object) -> list[dict[str, Any]]:
    """Has the script train two intervals, the second from the first's checkpoint under another rate."""
    trainer = start(script, engine, python_path=PYTHON_PATH)
    answers = engine.serve(
        [
            {"start": age, "stop": age + 20, "hyperparameters": {"learning_rate": rate, **more}}
            for age, rate in zip((0, 20), RATES, strict=True)
        ]
    )
    assert trainer.wait() == 0, trainer.output
    return answers


def test_every_script_on_the_page_is_run_here() -> None:
    headings = re.findall(r"^## (.*)$", PAGE, re.MULTILINE)
    assert headings == [
        "numpy",
        "PyTorch",
        EPOCHS,
        "A framework that owns the loop",
        ONCE,
        RANKS,
        CURVE,
        BUFFER,
        MANY,
        BY_HAND,
    ]
    assert PAGE.count("```python\n") == len(headings)


@pytest.mark.parametrize(
    ("heading", "metric", "sign", "others"),
    [
        ("numpy", "accuracy", 1, {"momentum": 0.5}),
        ("PyTorch", "loss", -1, {}),
        (EPOCHS, "loss", -1, {}),
        (FRAMEWORK, "val/loss", -1, {}),
        (MANY, "accuracy", 1, {}),
    ],
)
def test_it_trains_under_the_new_values_from_the_checkpoint(
    engine: FakeEngine, start: Start, heading: str, metric: str, sign: int, others: dict[str, object]
) -> None:
    first, second = train(start, engine, recipe(heading), **others)
    for answer, rate in zip((first, second), RATES, strict=True):
        assert answer["type"] == "done", answer
        assert "steps" not in answer
        assert answer["in_force"] == {"learning_rate": rate, **others}
        assert answer["read"] == ["learning_rate", *others]
    assert sign * second["metrics"][metric] >= sign * first["metrics"][metric]


@pytest.mark.parametrize(
    ("heading", "forgotten"),
    [
        ("PyTorch", 'group["lr"] = interval["learning_rate"]'),
        (FRAMEWORK, 'trainer.learning_rate = self.interval["learning_rate"]'),
    ],
)
def test_without_the_line_that_sets_the_rate_the_donors_is_in_force(
    engine: FakeEngine, start: Start, heading: str, forgotten: str
) -> None:
    script = recipe(heading)
    assert forgotten in script
    first, second = train(start, engine, script.replace(forgotten, "pass"))
    assert second["in_force"] == first["in_force"] != {"learning_rate": RATES[1]}


@pytest.mark.parametrize("heading", ["PyTorch", FRAMEWORK])
def test_it_stops_early_when_the_run_does(engine: FakeEngine, start: Start, heading: str) -> None:
    trainer = start(recipe(heading), engine, python_path=PYTHON_PATH)
    engine.accept()
    interval = engine.interval(stop=10**9, hyperparameters={"learning_rate": 0.05})
    engine.send("train", intervals=[interval])
    progress = engine.receive()
    assert progress is not None
    assert progress["type"] == "progress"
    engine.send("stop_requested")
    done = engine.answer()[-1]
    assert done["type"] == "done"
    assert progress["step"] <= done["steps"] < 10**9
    assert list(Path(interval["save_to"]).iterdir())
    engine.send("end")
    assert trainer.wait() == 0


MEASURED = [
    ("numpy", "accuracy", {"momentum": 0.5}),
    ("PyTorch", "loss", {}),
    (EPOCHS, "loss", {}),
    (FRAMEWORK, "val/loss", {}),
    (ONCE, "reward", {}),
    (CURVE, "weight", {}),
    (BUFFER, "reward", {}),
    (MANY, "accuracy", {}),
    (BY_HAND, "error", {}),
]


@pytest.mark.parametrize(("heading", "metric", "others"), MEASURED)
def test_an_evaluation_measures_the_checkpoint(
    engine: FakeEngine, start: Start, heading: str, metric: str, others: dict[str, object]
) -> None:
    """In a fresh process, and in one that has just trained another member."""
    measured = []
    checkpoints: list[str] = []

    def ask(member: int, kind: str, checkpoint: str | None = None) -> None:
        rate = RATES[member]
        ages = (20, 20) if checkpoint else (0, 20)
        interval = engine.assign(
            member=member,
            seed=member,
            kind=kind,
            start=ages[0],
            stop=ages[1],
            checkpoint=checkpoint,
            hyperparameters={"learning_rate": rate, **others},
        )
        answer = engine.answer()[-1]
        assert answer["type"] == "done", answer
        assert "steps" not in answer, answer
        measured.append(answer["metrics"][metric])
        checkpoints.append(interval["save_to"])

    def process(*tasks: Callable[[], None]) -> None:
        trainer = start(recipe(heading), engine, python_path=PYTHON_PATH)
        engine.accept()
        for task in tasks:
            task()
        engine.send("end")
        assert trainer.wait() == 0, trainer.output

    train = [lambda: ask(0, "train"), lambda: ask(1, "train"), lambda: ask(0, "evaluate", checkpoints[0])]
    for tasks in [[task] for task in train] if heading == ONCE else [train]:
        process(*tasks)
    process(lambda: ask(0, "evaluate", checkpoints[0]))
    assert measured[2] == measured[3] == pytest.approx(measured[0])
    assert measured[1] != measured[0]


@pytest.mark.parametrize(("heading", "metric", "others"), MEASURED)
def test_the_check_finds_nothing_to_complain_of(
    on_path: None, tmp_path: Path, heading: str, metric: str, others: dict[str, object]
) -> None:
    hyperparameters = {"learning_rate": {"log_uniform": [0.01, 0.1]}}
    experiment = Experiment(
        tmp_path,
        recipe(heading),
        trainer={
            "command": [sys.executable, "train.py"],
            "env": {"PYTHONPATH": ":".join(str(path) for path in [PACKAGE, *PYTHON_PATH])},
            "intervals_per_process": 1 if heading == ONCE else 1000,
        },
        metric=metric,
        mode="min" if metric in ("error", "loss", "val/loss") else "max",
        hyperparameters={**hyperparameters, **{name: {"uniform": [0.1, 0.9]} for name in others}},
    )
    for found in experiment.check():
        assert found["verdict"] == "ok" or found["check"] == "stop", found


def evaluate(engine: FakeEngine, start: Start, script: str, checkpoint: str) -> dict[str, Any]:
    """What it answers when it is asked to measure a checkpoint of age 20."""
    trainer = start(script, engine, python_path=PYTHON_PATH)
    rates = {"learning_rate": RATES[1]}
    (answer,) = engine.serve(
        [{"kind": "evaluate", "start": 20, "stop": 20, "checkpoint": checkpoint, "hyperparameters": rates}]
    )
    assert trainer.wait() == 0, trainer.output
    return answer


def test_a_framework_measures_what_it_is_given_without_training_it(
    engine: FakeEngine, start: Start, tmp_path: Path
) -> None:
    (tmp_path / "trainer.json").write_text('{"weight": 1, "learning_rate": 0.5, "step": 20}')
    script = recipe(FRAMEWORK)
    answer = evaluate(engine, start, script, str(tmp_path))
    assert answer["metrics"] == {"val/loss": 4.0}
    assert "steps" not in answer
    unguarded = evaluate(
        engine, start, script.replace("if interval.is_evaluation", "if False"), str(tmp_path)
    )
    assert unguarded["metrics"] != answer["metrics"]
    assert unguarded["steps"] == 1  # and Poptrain says so


@pytest.mark.parametrize(
    ("max_steps", "kind"), [("interval.horizon", "done"), ("interval.total_steps", "failed")]
)
def test_a_framework_trains_beyond_the_budget_if_its_own_is_the_horizon(
    engine: FakeEngine, start: Start, tmp_path: Path, max_steps: str, kind: str
) -> None:
    (tmp_path / "trainer.json").write_text('{"weight": 1, "learning_rate": 0.5, "step": 100}')
    trainer = start(recipe(FRAMEWORK).replace("interval.horizon", max_steps), engine, python_path=PYTHON_PATH)
    rates = {"learning_rate": RATES[1]}
    engine.accept()
    engine.assign(start=100, stop=120, total_steps=100, checkpoint=str(tmp_path), hyperparameters=rates)
    answer = engine.answer()[-1]
    assert answer["type"] == kind
    if kind == "failed":
        assert "no steps were trained: 20 were asked for" in answer["message"]
        assert answer["retry"] is False
    engine.hang_up()
    assert trainer.wait() == (kind == "failed")


def test_a_members_curve_has_an_axis_that_only_grows(engine: FakeEngine, start: Start) -> None:
    trainer = start(recipe(CURVE), engine)
    rates = {"learning_rate": 0.1}
    engine.accept()
    first = engine.assign(start=0, stop=20, member_steps=0, donor=None, hyperparameters=rates)
    engine.answer()
    engine.assign(
        start=10,
        stop=30,
        member_steps=20,
        donor=5,
        number=2,
        checkpoint=first["save_to"],
        hyperparameters=rates,
    )
    engine.answer()
    engine.send("end")
    assert trainer.wait() == 0, trainer.output
    curve = [json.loads(line) for line in (trainer.log.parent / "member-3.jsonl").read_text().splitlines()]
    assert curve.pop(20) == {"step": 20, "copy of": 5}
    assert [point["step"] for point in curve] == list(range(40))
    assert [point["age"] for point in curve] == [*range(20), *range(10, 30)]


def test_one_process_for_each_interval(engine: FakeEngine, start: Start) -> None:
    assert "intervals_per_process: 1\n" in recipe(ONCE, "yaml")
    rewards = []
    checkpoint = None
    for age, rate in zip((0, 20), RATES, strict=True):
        trainer = start(recipe(ONCE), engine, python_path=PYTHON_PATH)
        hyperparameters = {"learning_rate": rate}
        engine.accept()
        interval = engine.assign(
            start=age, stop=age + 20, hyperparameters=hyperparameters, checkpoint=checkpoint
        )
        done = engine.answer()[-1]
        engine.send("end")
        assert trainer.wait() == 0
        assert done["in_force"] == hyperparameters
        rewards.append(done["metrics"]["reward"])
        checkpoint = interval["save_to"]
    assert rewards[1] > rewards[0]


def test_a_second_interval_in_that_process_would_fail(engine: FakeEngine, start: Start) -> None:
    trainer = start(recipe(ONCE), engine, python_path=PYTHON_PATH)
    with pytest.raises(AssertionError, match="went away"):
        engine.serve([{}, {}])
    assert trainer.wait() == 1
    assert "already started in this process" in trainer.output


def test_a_copy_trains_on_no_experience_of_the_policy_that_was_replaced(
    engine: FakeEngine, start: Start
) -> None:
    trainer = start(recipe(BUFFER), engine)
    engine.accept()

    def train(member: int, checkpoint: str | None, start: int) -> tuple[str, list[dict[str, Any]]]:
        rates = {"learning_rate": 0.1}
        interval = engine.assign(
            member=member, start=start, stop=start + 20, checkpoint=checkpoint, hyperparameters=rates
        )
        assert engine.answer()[-1]["type"] == "done"
        folder = interval["save_to"]
        return folder, json.loads(Path(folder, "learner.json").read_text())["buffer"]

    donor, experience = train(0, None, 0)
    train(1, None, 0)
    _, copied = train(1, donor, 20)  # in the process that has just trained member 1
    assert [e["member"] for e in copied] == [0] * 20 + [1] * 20
    assert copied[:20] == experience
    assert [e["step"] for e in copied] == list(range(40))
    engine.send("end")
    assert trainer.wait() == 0


def test_a_population_copies_in_memory_what_it_has_and_loads_the_rest(
    engine: FakeEngine, start: Start, tmp_path: Path
) -> None:
    trainer = start(recipe(MANY), engine)
    assert engine.accept()["capacity"] == 20

    def train(rates: list[float], **fields: list[Any]) -> tuple[list[dict[str, Any]], list[Any]]:
        """Trains members 0, 1, ...; their intervals, and the weights that they have saved."""
        intervals = [
            engine.interval(
                member=member,
                seed=member,
                hyperparameters={"learning_rate": rate},
                **{name: values[member] for name, values in fields.items()},
            )
            for member, rate in enumerate(rates)
        ]
        engine.send("train", intervals=intervals)
        assert [engine.answer()[-1]["type"] for _ in intervals] == ["done"] * len(intervals)
        return intervals, [
            numpy.load(Path(interval["save_to"], "weights.npy")).tolist() for interval in intervals
        ]

    first, before = train([0.5, 0.05, 0.0])
    assert before[2] == numpy.random.default_rng(2).normal(size=8).tolist()
    numpy.save(tmp_path / "weights.npy", numpy.arange(8.0))
    ids = [interval["id"] for interval in first]
    _, after = train(
        [0.0, 0.0, 0.0],
        parent=[ids[1], ids[1], "9-1-elsewhere"],
        warm=[True, True, False],
        checkpoint=["/nowhere", "/nowhere", str(tmp_path)],
    )
    assert after == [before[1], before[1], list(range(8))]
    engine.send("end")
    assert trainer.wait() == 0
