"""Several members at once: what a batch says of them, and how it answers for all."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest

import poptrain
from tests.conftest import save
from tests.engine import FakeEngine, ManualClock

BY_MEMBER = ("learning_rate", "layers", "augmentation", "nesterov")


def values(member: int) -> dict[str, object]:
    return {
        "learning_rate": 0.1 * member,
        "layers": member,
        "augmentation": f"kind {member}",
        "nesterov": member % 2 == 0,
    }


class Batches:
    """The batches of a process, as the engine sends them."""

    def __init__(self, engine: FakeEngine, capacity: int = 4) -> None:
        self.engine = engine
        self._asked: Iterator[poptrain.Batch] = poptrain.batches(capacity=capacity)
        self.hello = engine.accept()

    def send(self, members: list[int], **fields: Any) -> list[dict[str, Any]]:
        intervals = [
            self.engine.interval(
                member=member,
                hyperparameters=values(member),
                **{name: field[i] if isinstance(field, list) else field for name, field in fields.items()},
            )
            for i, member in enumerate(members)
        ]
        self.engine.send("train", intervals=intervals)
        return intervals

    def next(self, members: list[int], **fields: Any) -> poptrain.Batch:
        self.send(members, **fields)
        return next(self._asked)

    def end(self) -> list[poptrain.Batch]:
        self.engine.send("end")
        return list(self._asked)


@pytest.fixture
def batches(managed: FakeEngine) -> Batches:
    return Batches(managed)


def save_all(batch: poptrain.Batch) -> None:
    for interval in batch:
        save(interval)


def test_the_capacity_is_announced(managed: FakeEngine) -> None:
    assert Batches(managed, 32).hello["capacity"] == 32


@pytest.mark.parametrize("capacity", [0, -3])
def test_a_capacity_is_at_least_one(capacity: int) -> None:
    with pytest.raises(ValueError, match="at least one member"):
        poptrain.batches(capacity=capacity)


def test_a_batch_says_what_is_to_be_trained(batches: Batches) -> None:
    batch = batches.next([3, 1, 2], start=[0, 10, 20], stop=[10, 20, 30], seed=[5, 6, 7])
    assert len(batch) == 3
    assert [interval.member for interval in batch] == [3, 1, 2]
    assert batch[1].member == 1
    assert [interval.member for interval in batch[1:]] == [1, 2]
    assert batch.starts == [0, 10, 20]
    assert batch.seeds == [5, 6, 7]
    assert batch.step_count == 10
    assert not batch.is_evaluation
    assert repr(batch) == "<batch of 3: member 3, member 1, member 2>"


def test_hyperparameters_are_arrays(batches: Batches) -> None:
    batch = batches.next([3, 1])
    assert batch["learning_rate"] == array("d", [0.1 * 3, 0.1])
    assert batch["layers"] == array("q", [3, 1])
    assert numpy.asarray(batch["layers"]).dtype == numpy.int64
    assert batch["augmentation"] == ["kind 3", "kind 1"]
    assert batch["nesterov"] == [False, False]
    with pytest.raises(poptrain.UnknownHyperparameter, match="learning_rate"):
        batch["learning_rat"]


def test_whole_numbers_among_others_are_real_numbers(batches: Batches) -> None:
    batches.engine.send(
        "train",
        intervals=[
            batches.engine.interval(hyperparameters={"decay": decay}) for decay in (0, 0.5, "Infinity")
        ],
    )
    assert next(batches._asked)["decay"] == array("d", [0.0, 0.5, float("inf")])


def test_what_was_read_is_reported_for_each(batches: Batches) -> None:
    batch = batches.next([3, 1])
    assert batch["layers"][0] == 3
    save_all(batch)
    batch.report(accuracy=[0.25, 0.5])
    for interval, message, accuracy in zip(batch, batches.engine.unread(), [0.25, 0.5], strict=True):
        assert message == {
            "type": "done",
            "interval": interval._id,
            "metrics": {"accuracy": accuracy},
            "in_force": {"layers": interval.member},
            "read": ["layers"],
        }


def test_parents_are_positions_in_the_batch_before(batches: Batches, tmp_path: Path) -> None:
    first = batches.next([0, 1, 2])
    assert first.parents == [-1, -1, -1]
    save_all(first)
    first.report(accuracy=[1, 2, 3])
    ids = [interval._id for interval in first]
    second = batches.next(
        [2, 0, 1, 3],
        parent=[ids[2], ids[2], ids[0], "9-1-elsewhere"],
        warm=[True, True, False, False],
        checkpoint=str(tmp_path),
    )
    assert second.parents == [2, 2, -1, -1]
    assert [interval.warm for interval in second] == [True, True, False, False]


def test_steps_are_taken_by_all(batches: Batches) -> None:
    batch = batches.next([0, 1], start=[0, 40], stop=[10, 50])
    assert list(batch.steps) == list(range(10))
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
    save_all(batch)
    batch.report(accuracy=[1, 2])
    assert [message["steps"] for message in batches.engine.unread() if message["type"] == "done"] == [4, 4]


def test_steps_may_be_taken_at_once(batches: Batches) -> None:
    batch = batches.next([0, 1])
    batch.advance(6)
    assert not batch.done
    batch.advance(numpy.int64(4))
    assert batch.done
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


def test_a_member_may_end_on_its_own(batches: Batches) -> None:
    batch = batches.next([0, 1, 2, 3])
    batch[1].invalid("too deep")
    for step in batch.steps:
        if step == 5:
            batch[3].fail("no data")
    save_all(batch)
    batch.report(accuracy=numpy.array([1.0, 2.0, numpy.nan, 4.0]))
    messages = {message["interval"]: message for message in batches.engine.unread()}
    assert [messages[interval._id]["type"] for interval in batch] == ["done", "invalid", "done", "failed"]
    assert messages[batch[2]._id]["metrics"] == {"accuracy": "NaN"}


def test_metrics_have_a_value_for_each(batches: Batches) -> None:
    batch = batches.next([0, 1, 2])
    save_all(batch)
    with pytest.raises(ValueError, match=r"the metric 'accuracy' has 2 values; there are 3 members"):
        batch.report(accuracy=[1, 2])
    for wrong in (0.5, numpy.float32(0.5), "abc", None):
        with pytest.raises(TypeError, match=r"the metric 'accuracy' is .*a value for each member"):
            batch.report(accuracy=wrong)
    assert batches.engine.unread() == []
    batch.report({"loss/all": (1, 2, 3)}, accuracy=numpy.eye(3))  # several evaluations of each
    done = batches.engine.unread()
    assert [message["metrics"]["loss/all"] for message in done] == [1, 2, 3]
    assert done[1]["metrics"]["accuracy"] == [0.0, 1.0, 0.0]


def test_a_batch_of_one_takes_arrays_too(batches: Batches) -> None:
    batch = batches.next([5])
    save_all(batch)
    batch.report(accuracy=numpy.array([0.5]), loss=[1])
    assert batches.engine.unread()[0]["metrics"] == {"accuracy": 0.5, "loss": 1}


def test_logs_and_declarations_are_split(batches: Batches) -> None:
    batch = batches.next([0, 1], start=[0, 40], stop=[10, 50])
    batch.advance(4)
    batch.log(accuracy=[0.1, 0.2])
    batch.log({"accuracy": [0.3, 0.4]}, step=2)
    logged = [(message["step"], message["metrics"]["accuracy"]) for message in batches.engine.unread()]
    assert logged == [(4, 0.1), (44, 0.2), (2, 0.3), (42, 0.4)]
    batch.in_force(learning_rate=numpy.array([0.0, 0.5]))
    save_all(batch)
    batch.report(accuracy=[1, 2])
    assert [message["in_force"]["learning_rate"] for message in batches.engine.unread()] == [0.0, 0.5]


def test_a_preempted_batch_ends_early_for_all(batches: Batches) -> None:
    batch = batches.next([0, 1])
    batches.engine.send("stop_requested", save=True)
    assert list(batch.steps) == [0]
    assert batch.done
    assert batch.stop_requested
    save_all(batch)
    batch.report(accuracy=[1, 2])
    assert [message["steps"] for message in batches.engine.unread() if message["type"] == "done"] == [1, 1]


def test_a_stop_without_counted_steps_is_no_full_interval(batches: Batches) -> None:
    batch = batches.next([0, 1])
    batches.engine.send("stop_requested")
    assert batch.stop_requested
    save_all(batch)
    with pytest.raises(poptrain.Error, match="nothing says how many steps"):
        batch.report(accuracy=[1, 2])
    batch.report(accuracy=[1, 2], steps=3)
    assert [message["steps"] for message in batches.engine.unread()] == [3, 3]


def test_a_heartbeat_is_one_for_all(batches: Batches) -> None:
    batch = batches.next([0, 1])
    batch.heartbeat()
    assert batches.engine.unread() == [{"type": "progress", "interval": batch[0]._id}]


def test_nothing_saved_is_found_before_it_is_reported(batches: Batches) -> None:
    batch = batches.next([0, 1])
    save(batch[0])
    with pytest.raises(poptrain.Error, match="nothing was saved"):
        batch.report(accuracy=[1, 2])


def test_a_forgotten_member_is_an_error(batches: Batches) -> None:
    batch = batches.next([0, 1])
    batch[0].fail("no")
    with pytest.raises(poptrain.Error, match=r"interval 2 of member 1.* was not ended"):
        batches.next([0])


def test_evaluations_come_in_batches_too(batches: Batches, tmp_path: Path) -> None:
    batch = batches.next([0, 1], kind="evaluate", start=10, stop=10, checkpoint=str(tmp_path))
    assert batch.is_evaluation
    assert batch.step_count == 0
    assert list(batch.steps) == []
    batch.report(accuracy=[1, 2])
    assert [message["type"] for message in batches.engine.unread()] == ["done", "done"]


def test_the_end_is_the_end(batches: Batches) -> None:
    batch = batches.next([0])
    batch[0].fail("no")
    assert batches.end() == []


def test_a_process_asks_in_one_way_only(batches: Batches) -> None:
    with pytest.raises(poptrain.Error, match=r"takes 4 members at once, not 1"):
        poptrain.intervals()


def test_by_hand_a_batch_has_one_member(process: pytest.MonkeyPatch, tmp_path: Path) -> None:
    weights: dict[int, float] = {}
    for batch in poptrain.batches(
        capacity=8, standalone={"learning_rate": 0.5}, steps=20, interval=10, save_to=tmp_path
    ):
        weights = {i: weights[parent] if parent >= 0 else 0.0 for i, parent in enumerate(batch.parents)}
        for _ in batch.steps:
            weights[0] += batch["learning_rate"][0]
        (batch[0].save_to / "model").write_text(str(weights[0]))
        batch.report(weight=[weights[0]])
    assert (tmp_path / "checkpoint-000020" / "model").read_text() == "10.0"
