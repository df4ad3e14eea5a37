"""Several members at once: what a batch says of them."""

from __future__ import annotations

from array import array
from pathlib import Path

import numpy
import pytest

import poptrain
from tests.batches import Batches
from tests.conftest import train_all
from tests.engine import FakeEngine


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
