"""PyTorch's learning-rate schedulers: what they have counted, their base rates, and winding to an age."""

from __future__ import annotations

import math
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from torch.optim import lr_scheduler as of

COUNTS = ("last_epoch", "best", "num_bad_epochs", "cooldown_counter")
"""What is saved of a scheduler; only ReduceLROnPlateau has more than the first."""

BY_AGE = (of.LambdaLR, of.CosineAnnealingWarmRestarts, of.CyclicLR, of.OneCycleLR)
"""Their rate comes from their age alone."""
FACTORS = (of.StepLR, of.MultiStepLR, of.ConstantLR, of.LinearLR, of.ExponentialLR, of.PolynomialLR)
"""They multiply the rate by what comes from their age alone."""


def bases(scheduler: Any) -> Iterator[list[float]]:
    """The base rates of a scheduler, or of those that it consists of."""
    parts = getattr(scheduler, "_schedulers", None)
    if parts is not None:
        for part in parts:
            yield from bases(part)
    elif hasattr(scheduler, "base_lrs"):
        yield scheduler.base_lrs


def is_scheduler(part: Any) -> bool:
    """Whether it is one of PyTorch, or made like one."""
    return hasattr(part, "optimizer") and (hasattr(part, "last_epoch") or hasattr(part, "_schedulers"))


def counts(state: Mapping[str, Any]) -> dict[str, Any]:
    """What a scheduler has counted; a ChainedScheduler, whose parts are stepped together, does not count."""
    while "last_epoch" not in state:
        first = state["_schedulers"][0]
        state = first if isinstance(first, Mapping) else vars(first)
    return {name: state[name] for name in COUNTS if name in state}


def restore(counted: Iterable[tuple[Any, Mapping[str, Any]]]) -> None:
    """Takes new schedulers to where those that were saved had come to, each by what it has counted."""
    together: dict[int, list[tuple[Any, int]]] = {}  # of each optimizer
    for scheduler, count in counted:
        if isinstance(scheduler, of.ReduceLROnPlateau):
            vars(scheduler).update(count)
        else:
            together.setdefault(id(scheduler.optimizer), []).append((scheduler, count["last_epoch"]))
    for ages in together.values():
        wind(ages)


def wind(ages: Iterable[tuple[Any, int]]) -> None:
    """Takes the schedulers of one optimizer each to its age."""
    behind = [(scheduler, age) for scheduler, age in ages if age > _age(scheduler)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of steps before the optimizer's first, and of `step(epoch)`
        if len(behind) == 1 or all(type(scheduler) in FACTORS for scheduler, _ in behind):
            for scheduler, age in behind:
                _jump(scheduler, age - 1)  # the last step is taken as any other
        while behind:
            for scheduler, _ in behind:
                scheduler.step()
            behind = [(scheduler, age) for scheduler, age in behind if age > _age(scheduler)]


def _age(scheduler: Any) -> int:
    age: int = counts(vars(scheduler))["last_epoch"]
    return age


def _jump(scheduler: Any, step: int) -> None:
    """Takes a scheduler to a step at once, where that is the same as taking each step."""
    if step <= _age(scheduler):
        return
    groups = scheduler.optimizer.param_groups
    kind = type(scheduler)  # what derives from it may do otherwise
    if kind in BY_AGE:
        scheduler.step(step)
    elif kind in FACTORS or kind is of.CosineAnnealingLR:
        pairs = zip(groups, scheduler._get_closed_form_lr(), strict=True)
        others = [float(group["lr"] / own) if own else math.nan for group, own in pairs]
        is_alone = all(math.isclose(factor, 1) for factor in others)
        if is_alone or (kind in FACTORS and all(map(math.isfinite, others))):
            scheduler.step(step)
            for group, factor in zip(groups, others, strict=True):
                group["lr"] *= factor  # of the other schedulers of this optimizer
    elif kind is of.SequentialLR:
        index = bisect_right(scheduler._milestones, step)
        part, begin = scheduler._schedulers[index], [0, *scheduler._milestones][index]
        if type(part) in (*BY_AGE, *FACTORS, of.CosineAnnealingLR):
            if index > 0:
                part.step(0)
            wind([(part, step - begin)])
            scheduler.last_epoch = step
    elif kind is of.ChainedScheduler and all(type(part) in FACTORS for part in scheduler._schedulers):
        for part in scheduler._schedulers:
            _jump(part, step)
