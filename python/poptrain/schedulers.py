"""PyTorch's learning-rate schedulers: what they have counted, their base rates, and stepping to an age."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from torch.optim.lr_scheduler import CyclicLR, LambdaLR, OneCycleLR

COUNTS = ("last_epoch", "best", "num_bad_epochs", "cooldown_counter")
"""What is saved of a scheduler; only ReduceLROnPlateau has more than the first."""


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


def wind(scheduler: Any, steps: int) -> None:
    """Steps a new scheduler to where the saved one was: whatever its kind, its rates are then its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of steps before the optimizer's first
        if isinstance(scheduler, (LambdaLR, OneCycleLR, CyclicLR)):
            scheduler.last_epoch = steps - 1  # they look at nothing else
        for _ in range(counts(vars(scheduler))["last_epoch"], steps):
            scheduler.step()
