"""What is told of an interval on the way: progress, signs of life, evaluations."""

from __future__ import annotations

from collections.abc import Callable

import poptrain
from tests.engine import FakeEngine, ManualClock

Begin = Callable[..., poptrain.Interval]


def test_progress_is_told_at_most_once_a_period(begin: Begin, engine: FakeEngine, clock: ManualClock) -> None:
    interval = begin(start=100, stop=1100)
    for _ in interval.steps:
        clock.now += 1 / 64
    told = [message["step"] for message in engine.unread()]
    assert told == list(range(113, 1100, 13))  # 13/64 of a second is the first moment after 0.2


def test_progress_of_slow_steps_is_told_at_each(begin: Begin, engine: FakeEngine, clock: ManualClock) -> None:
    interval = begin(start=100, stop=104)
    for _ in interval.steps:
        clock.now += 5
    assert engine.unread() == [
        {"type": "progress", "interval": "3-1-token", "step": step} for step in (101, 102, 103)
    ]


def test_no_progress_while_the_clock_stands(begin: Begin, engine: FakeEngine) -> None:
    interval = begin(stop=5000)
    for _ in interval.steps:
        pass
    assert engine.unread() == []


def test_advance_tells_progress(begin: Begin, engine: FakeEngine, clock: ManualClock) -> None:
    interval = begin(start=100, stop=200)
    interval.advance(10)
    clock.now += 0.2
    interval.advance(20)
    interval.advance(1)
    clock.now += 0.1
    interval.advance(1)
    clock.now += 0.2
    interval.advance(1)
    assert [message["step"] for message in engine.unread()] == [130, 133]


def test_a_heartbeat_is_progress_without_a_step(begin: Begin, engine: FakeEngine, clock: ManualClock) -> None:
    interval = begin()
    interval.heartbeat()
    interval.heartbeat()
    clock.now += 0.2
    interval.heartbeat()
    assert engine.unread() == [{"type": "progress", "interval": "3-1-token"}] * 2


# Evaluations on the way


def test_log_names_the_age_after_the_step_at_hand(begin: Begin, engine: FakeEngine) -> None:
    interval = begin(start=100, stop=120)
    interval.log({"accuracy": 0.1})
    for step in interval.steps:
        if (step + 1) % 10 == 0:
            interval.log({"accuracy": step / 1000, "val/top-5": [0.5, 0.25]})
    interval.log({"loss": float("nan")}, step=115)
    assert engine.unread() == [
        {"type": "log", "interval": "3-1-token", "step": 100, "metrics": {"accuracy": 0.1}},
        {
            "type": "log",
            "interval": "3-1-token",
            "step": 110,
            "metrics": {"accuracy": 0.109, "val/top-5": [0.5, 0.25]},
        },
        {
            "type": "log",
            "interval": "3-1-token",
            "step": 120,
            "metrics": {"accuracy": 0.119, "val/top-5": [0.5, 0.25]},
        },
        {"type": "log", "interval": "3-1-token", "step": 115, "metrics": {"loss": "NaN"}},
    ]
