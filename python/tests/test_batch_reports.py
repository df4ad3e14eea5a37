"""How a batch answers for all its members."""

from __future__ import annotations

import re

import numpy
import pytest

import poptrain
from tests.batches import Batches
from tests.conftest import save, save_all, train_all


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
