"""PyTorch's optimizers and schedulers as they were built, whatever a checkpoint brings back."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from inspect import signature
from typing import Any

from torch.optim.lr_scheduler import ReduceLROnPlateau

from . import frameworks, schedulers
from .interval import Interval

RATES = ("initial_lr", "max_lr")
"""The rate that a group of an optimizer was built with; the second is OneCycleLR's and CyclicLR's."""


class Built:
    """What optimizers and their schedulers were built with: to be made before a checkpoint is loaded."""

    def __init__(self, optimizers: Iterable[Any], scheduling: Iterable[Any] = ()) -> None:
        self._schedulers = list(scheduling)
        self._schedules = [copy.deepcopy(scheduler.state_dict()) for scheduler in self._schedulers]
        self._groups: list[tuple[Any, int, dict[str, Any]]] = []  # optimizer, number, values
        for optimizer in optimizers:
            for number, group in enumerate(optimizer.param_groups):
                group.setdefault("initial_lr", group["lr"])
                own = group.keys() - {"params"} - _counted(optimizer)
                self._groups.append((optimizer, number, {key: group[key] for key in own}))

    def put_back(self, counts: list[dict[str, Any]] | None = None) -> None:
        """After loading: moments, and the counts of the schedulers, stay; all else is as it was built."""
        counts = counts or [schedulers.counts(vars(scheduler)) for scheduler in self._schedulers]
        counted = list(zip(self._schedulers, counts, strict=True))
        for optimizer, number, built in self._groups:
            group = optimizer.param_groups[number]
            own = [pair for pair in counted if pair[0].optimizer is optimizer]
            # Then the rate has been reduced by nothing but a plateau, and stays so.
            is_reduced = own and all(isinstance(s, ReduceLROnPlateau) and "best" in c for s, c in own)
            base = group.get("initial_lr")
            share = group["lr"] / base if base and is_reduced else 1.0
            group.update(built)
            group["lr"] *= share
        for scheduler, schedule in zip(self._schedulers, self._schedules, strict=True):
            scheduler.load_state_dict(schedule)
        schedulers.restore(counted)

    def declare(self, interval: Interval) -> None:
        """Declares each hyperparameter that a group of an optimizer was built with."""
        readers: dict[str, Callable[[], object]] = {}
        for name in interval.hyperparameters:
            for place in self._groups:
                for key, value in _values(place[2]):
                    if _is_for(name, key) and frameworks.is_given(interval, name, value):
                        readers.setdefault(name, partial(self._read, interval, name, key, *place))
        frameworks.declare(interval, readers)

    def _read(
        self, interval: Interval, name: str, key: str, optimizer: Any, number: int, built: dict[str, Any]
    ) -> object:
        """A value where it is in force; of a rate that is scheduled, the base rate."""
        group, base = optimizer.param_groups[number], built["initial_lr"]
        own = [scheduler for scheduler in self._schedulers if scheduler.optimizer is optimizer]
        if key in RATES and not own and (group["lr"] != base or "max_lr" in built):
            raise frameworks.refused(
                interval,
                f"the learning rate is {float(group['lr'])}, and no scheduler is known: give State "
                "every scheduler, State(..., scheduler=scheduler). Otherwise its schedule begins anew "
                "in each interval. If that is meant, or if the script itself sets the rate, do so after "
                f"State, and say before the report: interval.applied({name}=interval[{name!r}])",
            )
        if key != "initial_lr":
            return dict(_values(group))[key]
        if not own:
            return group["lr"]
        bases = [bases[number] for scheduler in own for bases in schedulers.bases(scheduler)]
        return next((other for other in bases if other != base), base)


def _counted(optimizer: Any) -> set[str]:
    """What an optimizer keeps in its groups, and is not built with: Prodigy's `d`, Schedule-Free's `k`."""
    arguments: set[str] = {"lr"}.union(*(signature(kind).parameters for kind in type(optimizer).__mro__))
    return set(optimizer.defaults) - arguments


def _values(group: dict[str, Any]) -> Iterator[tuple[str, object]]:
    for key, value in group.items():
        if key == "betas":
            yield from zip(("beta1", "beta2"), value, strict=False)
        else:
            yield key, value


def _is_for(name: str, key: str) -> bool:
    """Whether a hyperparameter of this name, such as `head_lr`, may be what a group has under this key."""
    if key in RATES:
        return frameworks.is_rate(name)
    return key != "lr" and key in name
