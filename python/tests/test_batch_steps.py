"""The steps of several members at once."""

from __future__ import annotations

import numpy
import pytest

import poptrain
from tests.batches import Batches
from tests.conftest import save_all
from tests.engine import FakeEngine, ManualClock


def test_steps_are_taken_by_all(batches: Batches) -> None:
    batch = batches.next([0, 1], start=[0, 40], stop=[10, 50])
    assert len(batch.steps) == batch.step_count == 10
    for step in batch.steps:
        assert len(batch.steps) == 10 - step
    assert len(batch.steps) == 0
    assert batch.done
    assert [interval.step for interval in batch] == [10, 50]
    save_all(batch)
    batch.report(accuracy=[1, 2])
    assert ["steps" in message for message in batches.engine.unread() if message["type"] == "done"] == [
        False,
        False,
    ]


def test_a_loop_that_is_left_has_trained_fewer_steps(batches: Batches) -> None:
    batch = batches.next([0, 1], start=[0, 40], stop=[10, 50])
    for step in batch.steps:
        if step == 3:
            break
    assert len(batch.steps) == 6
    assert next(iter(batch.steps)) == 4
    save_all(batch)
    batch.report(accuracy=[1, 2])
    assert [message["steps"] for message in batches.engine.unread() if message["type"] == "done"] == [5, 5]


def test_steps_may_be_taken_at_once(batches: Batches) -> None:
    batch = batches.next([0, 1])
    batch.advance(6)
    assert not batch.done
    assert len(batch.steps) == 4
    batch.advance(numpy.int64(5))  # a rollout that overshoots
    assert batch.done
    assert len(batch.steps) == 0
    assert list(batch.steps) == []


def test_progress_is_told_of_each(
    managed: FakeEngine, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    batches = Batches(managed)
    from poptrain import session

    assert session._managed is not None
    monkeypatch.setattr(session._managed[1], "_clock", clock)
    batch = batches.next([0, 1], start=[0, 40], stop=[10, 50])
    for step in batch.steps:
        clock.now += 1 if step == 4 else 0
    told = [(message["interval"], message["step"]) for message in managed.unread()]
    assert told == [(batch[0]._id, 5), (batch[1]._id, 45)]


def test_a_heartbeat_is_one_for_all(batches: Batches) -> None:
    batch = batches.next([0, 1])
    batch.heartbeat()
    assert batches.engine.unread() == [{"type": "progress", "interval": batch[0]._id}]


def test_a_preempted_batch_ends_early_for_all(batches: Batches) -> None:
    batch = batches.next([0, 1])
    batches.engine.send("stop_requested", save=True)
    assert list(batch.steps) == [0]
    assert batch.done
    assert batch.stop_requested
    save_all(batch)
    batch.report(accuracy=[1, 2])
    assert [message["steps"] for message in batches.engine.unread() if message["type"] == "done"] == [1, 1]


def test_nothing_counted_is_no_interval(batches: Batches) -> None:
    batch = batches.next([0, 1])
    save_all(batch)
    with pytest.raises(
        poptrain.Error, match="no steps were trained: 10 were asked for, 0 were counted"
    ) as caught:
        batch.report(accuracy=[1, 2])
    assert batches.engine.unread() == [
        {"type": "failed", "interval": interval._id, "message": str(caught.value), "retry": False}
        for interval in batch
    ]


def test_steps_that_are_said_need_not_be_counted(batches: Batches) -> None:
    batch = batches.next([0, 1])
    save_all(batch)
    batch.report(accuracy=[1, 2], steps=3)
    assert [message["steps"] for message in batches.engine.unread()] == [3, 3]
