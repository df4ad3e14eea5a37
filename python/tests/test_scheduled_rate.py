"""A learning rate that a trainer also schedules: what it really was, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine import FakeEngine, Trainer

Start = Callable[..., Trainer]

RATES = (0.05, 0.02)

SCRIPT = """
import json
import poptrain


class Optimizer:
    rate = 0.0


class Scheduler:
    '''A warm-up of 10 steps, then a decay; as in most frameworks its state brings the base rate back.'''

    def __init__(self, optimizer, base):
        self.optimizer, self.base, self.count = optimizer, base, 0

    def step(self):
        self.count += 1
        self.optimizer.rate = self.base * (self.count / 10 if self.count <= 10 else 10 / self.count)


for interval in poptrain.intervals():
    scheduler = Scheduler(Optimizer(), interval["learning_rate"])
    if interval.checkpoint:
        scheduler.base, scheduler.count = json.loads((interval.checkpoint / "scheduler").read_text())
        scheduler.base = interval["learning_rate"]
    interval.applied(learning_rate=lambda: scheduler.base)
    for step in interval.steps:
        scheduler.step()
        interval.log({"rate": scheduler.optimizer.rate})
    (interval.save_to / "scheduler").write_text(json.dumps([scheduler.base, scheduler.count]))
    interval.report(loss=0.0)
"""


def train(start: Start, engine: FakeEngine, script: str) -> list[list[dict[str, Any]]]:
    """The messages of two intervals, the second from the first's checkpoint under another rate."""
    trainer = start(script, engine)
    engine.accept()
    messages = []
    checkpoint = None
    for age, rate in zip((0, 15), RATES, strict=True):
        interval = engine.assign(
            start=age, stop=age + 15, hyperparameters={"learning_rate": rate}, checkpoint=checkpoint
        )
        messages.append(engine.answer())
        checkpoint = interval["save_to"]
    engine.send("end")
    assert trainer.wait() == 0, trainer.output
    return messages


def test_the_rate_of_every_step_is_the_new_one_times_the_schedule(engine: FakeEngine, start: Start) -> None:
    for first, rate, messages in zip((1, 16), RATES, train(start, engine, SCRIPT), strict=True):
        applied = [message["metrics"]["rate"] for message in messages if message["type"] == "log"]
        factors = [age / 10 if age <= 10 else 10 / age for age in range(first, first + 15)]
        assert applied == pytest.approx([rate * factor for factor in factors])
        assert messages[-1]["in_force"] == {"learning_rate": rate}


def test_a_schedule_that_brings_the_donors_rate_back_tells_it(engine: FakeEngine, start: Start) -> None:
    line = '        scheduler.base = interval["learning_rate"]\n'
    assert line in SCRIPT
    _, second = train(start, engine, SCRIPT.replace(line, ""))
    assert second[-1]["in_force"] == {"learning_rate": RATES[0]}
