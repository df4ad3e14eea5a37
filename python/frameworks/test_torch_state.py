"""What `poptrain.torch.State` makes of parts that changed since they were saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import member
import pytest
import torch
from torch.optim import lr_scheduler as of

import poptrain
import poptrain.schedulers
import poptrain.torch

RATE = {"learning_rate": 0.1}


class Renamed(torch.nn.Linear):
    """The same weights, in a class of another name."""


def test_the_weights_of_a_renamed_class_are_loaded() -> None:
    for interval in member.intervals(RATE, RATE):
        model = (Renamed if interval.checkpoint else torch.nn.Linear)(2, 1)
        with torch.no_grad():
            model.weight.fill_(interval.start + 1)
        state = poptrain.torch.State(interval, model=model)
        assert model.weight.flatten().tolist() == [1, 1]
        interval.advance(4)
        state.save()
        interval.report(loss=0.5)


def test_a_wrapped_model_does_not_fit() -> None:
    asked = member.intervals(RATE, RATE)
    interval = next(asked)
    poptrain.torch.State(interval, model=torch.nn.Linear(2, 1)).save()
    interval.advance(4)
    interval.report(loss=0.5)
    with pytest.raises(poptrain.Error, match=r"does not fit .* Missing key.*module\.weight"):
        poptrain.torch.State(next(asked), model=torch.nn.DataParallel(torch.nn.Linear(2, 1)))


Scheduler = Callable[[torch.optim.Optimizer], Any]


def rates(*schedulers: Scheduler | None, given: float = 0.1) -> list[float]:
    """The rate of every step, where each interval has a scheduler of its own."""
    seen = []
    for interval, build in zip(member.intervals(*[RATE] * len(schedulers)), schedulers, strict=True):
        model = torch.nn.Linear(2, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=given)
        parts = {} if build is None else {"scheduler": build(optimizer)}
        state = poptrain.torch.State(interval, model=model, optimizer=optimizer, **parts)
        for _ in interval.steps:
            seen.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            for scheduler in parts.values():
                scheduler.step(*([1.0] if build is plateau else []))
        state.save()
        interval.report(loss=0.5)
    return seen


def cosine(optimizer: torch.optim.Optimizer) -> Any:
    return of.CosineAnnealingLR(optimizer, 20)


def linear(optimizer: torch.optim.Optimizer) -> Any:
    return of.LinearLR(optimizer, 1.0, 0.0, total_iters=8)


def sequential(optimizer: torch.optim.Optimizer) -> Any:
    return of.SequentialLR(optimizer, [linear(optimizer), cosine(optimizer)], [6])


def chained(optimizer: torch.optim.Optimizer) -> Any:
    return of.ChainedScheduler([linear(optimizer)])


def plateau(optimizer: torch.optim.Optimizer) -> Any:
    return of.ReduceLROnPlateau(optimizer, factor=0.5, patience=0)


@pytest.mark.parametrize("before", [cosine, sequential, chained, plateau])
def test_another_scheduler_continues_at_the_age(before: Scheduler) -> None:
    assert rates(before, linear)[4:] == pytest.approx([0.05, 0.0375, 0.025, 0.0125])


@pytest.mark.parametrize("before", [cosine, sequential, chained])
def test_a_plateau_begins_with_the_given_rate(before: Scheduler) -> None:
    assert rates(before, plateau)[4:] == pytest.approx([0.1, 0.1, 0.05, 0.025])


def test_a_plateau_keeps_its_reductions() -> None:
    assert rates(plateau, plateau)[3:6] == pytest.approx([0.025, 0.0125, 0.00625])


def test_a_plateau_has_its_own_factor() -> None:
    def tenth(optimizer: torch.optim.Optimizer) -> Any:
        return of.ReduceLROnPlateau(optimizer, factor=0.1, patience=0)

    for interval in member.intervals(RATE, RATE):
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
        scheduler = tenth(optimizer) if interval.checkpoint else plateau(optimizer)
        state = poptrain.torch.State(interval, optimizer=optimizer, scheduler=scheduler)
        scheduler.step(1.0)
        interval.advance(4)
        state.save()
        interval.report(loss=0.5)
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.01)


def test_a_scheduler_that_was_wound_by_hand_is_not_wound_twice() -> None:
    def wound(optimizer: torch.optim.Optimizer) -> Any:
        scheduler = linear(optimizer)
        for _ in range(4):
            optimizer.step()
            scheduler.step()
        return scheduler

    assert rates(linear, wound)[4:] == pytest.approx([0.05, 0.0375, 0.025, 0.0125])


def test_checkpoints_that_hold_the_whole_state_of_a_scheduler_are_loaded() -> None:
    for build in (sequential, chained, cosine):
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
        scheduler = build(optimizer)
        optimizer.step()
        scheduler.step()
        assert poptrain.schedulers.counts(scheduler.state_dict()) == {"last_epoch": 1}


def test_half_of_the_given_rate_is_a_matter_of_the_script() -> None:
    assert rates(cosine, None, given=0.05)[4:] == [0.05] * 4


def peaked(optimizer: torch.optim.Optimizer) -> Any:
    return of.OneCycleLR(optimizer, 0.1, total_steps=20)


def forget(interval: poptrain.Interval, build: Scheduler, *, is_late: bool) -> None:
    """An interval with a scheduler that State is not given."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    scheduler = None if is_late else build(optimizer)
    state = poptrain.torch.State(interval, optimizer=optimizer)
    scheduler = scheduler or build(optimizer)
    for _ in interval.steps:
        optimizer.step()
        scheduler.step()
    state.save()
    interval.report(loss=0.5)


@pytest.mark.parametrize("build", [cosine, sequential, chained, peaked])
@pytest.mark.parametrize("is_late", [False, True])
def test_a_scheduler_that_would_begin_anew_is_told(build: Scheduler, is_late: bool) -> None:
    asked = member.intervals(RATE, RATE)
    with pytest.raises(poptrain.Error, match="no scheduler is known: give State every"):
        forget(next(asked), build, is_late=is_late)
    with pytest.raises(poptrain.Error, match="ended as failed: the learning rate is"):
        next(asked)


def test_one_that_begins_anew_on_purpose_may_be_declared() -> None:
    for interval in member.intervals(RATE, RATE):
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
        state = poptrain.torch.State(interval, optimizer=optimizer)
        scheduler = linear(optimizer)
        assert optimizer.param_groups[0]["lr"] == 0.1
        for _ in interval.steps:
            optimizer.step()
            scheduler.step()
        state.save()
        interval.applied(learning_rate=interval["learning_rate"])
        interval.report(loss=0.5)


class Averaging(torch.optim.SGD):
    """One that counts in its groups, as Schedule-Free and Prodigy do."""

    def __init__(self, params: Any, lr: float, weight_decay: float = 0.0) -> None:
        super().__init__(params, lr, weight_decay=weight_decay)
        self.defaults["k"] = 0
        for group in self.param_groups:
            group["k"] = 0

    def step(self, closure: Any = None) -> None:
        super().step(closure)
        for group in self.param_groups:
            group["k"] += 1


def test_what_an_optimizer_counts_in_its_groups_goes_on() -> None:
    for interval in member.intervals(*({"weight_decay": decay} for decay in (0.1, 0.2))):
        optimizer = Averaging([torch.nn.Parameter(torch.zeros(1))], 0.1, interval["weight_decay"])
        state = poptrain.torch.State(interval, optimizer=optimizer)
        (group,) = optimizer.param_groups
        assert group["k"] == interval.start
        assert group["weight_decay"] == interval["weight_decay"]
        for _ in interval.steps:
            optimizer.step()
        state.save()
        interval.report(loss=0.5)


def test_a_rate_without_a_schedule_is_not_taken_for_a_scheduled_one() -> None:
    assert rates(peaked, None)[4:] == [0.1] * 4


def test_a_model_that_is_sharded_over_ranks_is_refused(tmp_path: Any) -> None:
    """Otherwise each rank would load the shard of rank 0."""
    from torch import distributed
    from torch.distributed.fsdp import fully_shard

    distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/ranks", rank=0, world_size=1)
    try:
        mesh = distributed.device_mesh.init_device_mesh("cpu", (1,))
        model = fully_shard(torch.nn.Linear(2, 1), mesh=mesh)
        with pytest.raises(poptrain.Error, match="sharded over ranks"):
            poptrain.torch.State(next(member.intervals({})), model=model)
    finally:
        distributed.destroy_process_group()


def test_an_optimizer_may_have_more_betas_than_two() -> None:
    for interval in member.intervals({"beta1": 0.8}):
        optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])
        optimizer.param_groups[0]["betas"] = (interval["beta1"], 0.99, 0.999)
        poptrain.torch.State(interval, optimizer=optimizer)
        assert member.declared(interval) == {"beta1": 0.8}
        interval.fail("over")
        break
