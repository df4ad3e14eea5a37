"""Several members at once: what a batch says of them, and how it answers for all."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest

import poptrain
from tests.conftest import save, train
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


def train_all(batch: poptrain.Batch) -> None:
    for interval in batch:
        train(interval)


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
    train_all(batch)
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
    train_all(first)
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


WRONG_FOR_ALL = [
    ([1, 2], r"the metric 'accuracy' has 2 values; there are 3 members"),
    (0.5, r"the metric 'accuracy' is .*a value for each member"),
    (numpy.float32(0.5), r"the metric 'accuracy' is .*a value for each member"),
    ("abc", r"the metric 'accuracy' is .*a value for each member"),
    (None, r"the metric 'accuracy' is .*a value for each member"),
]


@pytest.mark.parametrize(("value", "complaint"), WRONG_FOR_ALL, ids=repr)
def test_metrics_have_a_value_for_each(batches: Batches, value: object, complaint: str) -> None:
    batch = batches.next([0, 1, 2])
    train_all(batch)
    with pytest.raises((TypeError, ValueError), match=complaint) as caught:
        batch.report(accuracy=value)
    assert batches.engine.unread() == [
        {"type": "failed", "interval": interval._id, "message": str(caught.value), "retry": False}
        for interval in batch
    ]


@pytest.mark.parametrize(("value", "complaint"), WRONG_FOR_ALL, ids=repr)
def test_one_without_a_value_for_each_is_left_out_beside_others(
    batches: Batches, value: object, complaint: str
) -> None:
    batch = batches.next([0, 1, 2])
    train_all(batch)
    batch.report(loss=[1, 2, 3], accuracy=value)
    for loss, message in enumerate(batches.engine.unread(), start=1):
        assert message["metrics"] == {"loss": loss}
        assert re.match(complaint.removeprefix("the metric 'accuracy' "), message["left_out"]["accuracy"])


def test_several_evaluations_of_each(batches: Batches) -> None:
    batch = batches.next([0, 1, 2])
    train_all(batch)
    batch.report({"loss/all": (1, 2, 3)}, accuracy=numpy.eye(3))
    done = batches.engine.unread()
    assert [message["metrics"]["loss/all"] for message in done] == [1, 2, 3]
    assert done[1]["metrics"]["accuracy"] == [0.0, 1.0, 0.0]


def test_some_may_have_no_value_yet(batches: Batches) -> None:
    batch = batches.next([0, 1, 2])
    train_all(batch)
    batch.report(sharpe=[0.5, None, [None, 1.5]], note=["a", 1, None])
    done = batches.engine.unread()
    assert [message["metrics"]["sharpe"] for message in done] == [0.5, None, [1.5]]
    assert [message.get("left_out") for message in done] == [{"note": "is 'a' (str)"}, None, None]


def test_a_batch_of_one_takes_arrays_too(batches: Batches) -> None:
    batch = batches.next([5])
    train_all(batch)
    batch.report(accuracy=numpy.array([0.5]), loss=[1])
    assert batches.engine.unread()[0]["metrics"] == {"accuracy": 0.5, "loss": 1}


def test_logs_and_declarations_are_split(batches: Batches) -> None:
    batch = batches.next([0, 1], start=[0, 40], stop=[10, 50])
    batch.advance(4)
    batch.log(accuracy=[0.1, 0.2])
    batch.log({"accuracy": [0.3, 0.4]}, step=2)
    logged = [(message["step"], message["metrics"]["accuracy"]) for message in batches.engine.unread()]
    assert logged == [(4, 0.1), (44, 0.2), (2, 0.3), (42, 0.4)]
    rates = numpy.array([0.0, 0.5])
    held: dict[str, object] = {"layers": [1, 2]}
    batch.applied(learning_rate=rates, layers=lambda: held["layers"])
    rates[1] = 0.75
    held["layers"] = numpy.array([1, 9])
    save_all(batch)
    batch.report(accuracy=[1, 2])
    done = batches.engine.unread()
    assert [message["in_force"] for message in done] == [
        {"learning_rate": 0.0, "layers": 1},
        {"learning_rate": 0.5, "layers": 2},
    ]
    assert [message["in_force_at_end"] for message in done] == [
        {"learning_rate": 0.0, "layers": 1},
        {"learning_rate": 0.75, "layers": 9},
    ]


def test_functions_of_each_member_are_called_too(batches: Batches) -> None:
    batch = batches.next([0, 1])
    groups = [{"lr": 0.1}, {"lr": 0.2}]
    batch.applied(learning_rate=[lambda group=group: group["lr"] for group in groups])
    groups[0]["lr"] = 0.9
    train_all(batch)
    batch.report(accuracy=[1, 2])
    done = batches.engine.unread()
    assert [message["in_force"]["learning_rate"] for message in done] == [0.1, 0.2]
    assert [message["in_force_at_end"]["learning_rate"] for message in done] == [0.9, 0.2]


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"learning_rate": [0.1]}, "has 1 values; there are 2 members"),
        ({"learning_rate": lambda: 0.1}, "a value for each member"),
        ({"learning_rate": [0.1, None]}, "'learning_rate' is None"),
        ({"rate": [0.1, 0.1]}, "there is no hyperparameter 'rate'"),
    ],
)
def test_declarations_that_can_never_be_right(
    batches: Batches, values: dict[str, object], complaint: str
) -> None:
    batch = batches.next([0, 1])
    with pytest.raises((TypeError, ValueError, poptrain.Error), match=complaint):
        batch.applied(values)
    told = batches.engine.unread()
    assert told
    assert all((message["type"], message["retry"]) == ("failed", False) for message in told)


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


def test_a_heartbeat_is_one_for_all(batches: Batches) -> None:
    batch = batches.next([0, 1])
    batch.heartbeat()
    assert batches.engine.unread() == [{"type": "progress", "interval": batch[0]._id}]


def test_who_saved_nothing_fails_and_the_others_count(batches: Batches) -> None:
    batch = batches.next([0, 1, 2])
    batch.advance(10)
    save(batch[0])
    save(batch[2])
    with pytest.raises(poptrain.Error, match="nothing was saved"):
        batch.report(accuracy=[1, 2, 3])
    told = batches.engine.unread()
    assert [message["type"] for message in told] == ["done", "failed", "done"]
    assert told[1]["retry"] is False


def test_a_forgotten_member_is_an_error(batches: Batches) -> None:
    batch = batches.next([0, 1])
    batch[0].fail("no")
    with pytest.raises(poptrain.Error, match=r"interval 2 of member 1.* was not ended"):
        batches.next([0])
    assert [message.get("retry") for message in batches.engine.unread()] == [None, False]


def test_evaluations_come_in_batches_too(batches: Batches, tmp_path: Path) -> None:
    batch = batches.next([0, 1], kind="evaluate", start=10, stop=10, checkpoint=str(tmp_path))
    assert batch.is_evaluation
    assert batch.step_count == 0
    assert list(batch.steps) == []
    batch.advance(2)
    batch.report(accuracy=[1, 2])
    assert [(message["type"], message["steps"]) for message in batches.engine.unread()] == [("done", 2)] * 2


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
