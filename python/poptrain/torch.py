"""PyTorch: a model, its optimizer and what belongs to them, from a checkpoint and under this member's values.

    for interval in poptrain.intervals():
        poptrain.torch.seed(interval)
        model, optimizer, scheduler = build(interval)
        state = poptrain.torch.State(interval, model=model, optimizer=optimizer, scheduler=scheduler)
        for step in interval.steps:
            ...
        state.save()
        interval.report(...)

Build everything from the interval's values, a scheduler over `interval.horizon`. Loading takes weights,
moments and counts from the checkpoint, and leaves everything else as it was built.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau

from . import frameworks, schedulers
from .interval import Interval

# Before, it cannot load numbers without running what a file says.
if int(torch.__version__.partition(".")[0]) < 2:
    raise ImportError(
        f"poptrain.torch needs PyTorch 2.0 or later; this is {torch.__version__}: pip install --upgrade torch"
    )

FILE = "state.pt"
RATES = ("initial_lr", "max_lr")
"""The rate that a group of an optimizer was built with; the second is OneCycleLR's and CyclicLR's."""


def seed(interval: Interval) -> None:
    """Seeds torch, random and numpy from the interval: before fresh weights are made."""
    frameworks.seed(interval)
    torch.manual_seed(interval.seed)


class State:
    """What a checkpoint holds: model, optimizer, scheduler, gradient scaler, anything with a `state_dict`.

    Loads them where there is a checkpoint, seeds all generators, and declares the optimizer's values.
    """

    def __init__(self, interval: Interval, **parts: Any) -> None:
        self._interval = interval
        self._parts = parts = {name: _unwrapped(part) for name, part in parts.items()}
        own = {name: part for name, part in parts.items() if schedulers.is_scheduler(part)}
        built = Built([part for part in parts.values() if isinstance(part, Optimizer)], own.values())
        if file := interval.file(FILE):
            saved = _load(interval, file)
            try:
                for name, part in parts.items():
                    # Moments of another optimizer are of no use.
                    is_other = isinstance(part, Optimizer) and saved["kinds"][name] != type(part).__name__
                    if name not in own and not is_other:
                        part.load_state_dict(saved[name])
                counts = [schedulers.counts(saved[name]) for name in own]
            except (RuntimeError, ValueError, KeyError) as error:
                raise frameworks.misfit(interval, error) from error
            built.put_back(counts)
        seed(interval)
        torch.manual_seed(interval.seed + _rank())  # every rank draws samples of its own
        built.declare(interval)

    def save(self) -> None:
        """Saves them all, where several ranks hold them rank 0; in an evaluation there is nothing to save."""
        if not self._interval.is_evaluation and _rank() == 0:
            kinds = {name: type(part).__name__ for name, part in self._parts.items()}
            states = {name: _state(part) for name, part in self._parts.items()}
            torch.save({"kinds": kinds, **states}, self._interval.save_to / FILE)


def _unwrapped(part: Any) -> Any:
    """What Accelerate has wrapped: of an optimizer or a scheduler, PyTorch's own."""
    kind = type(part).__name__
    inner = {"AcceleratedOptimizer": "optimizer", "AcceleratedScheduler": "scheduler"}.get(kind)
    return getattr(part, inner) if inner else part


def _load(interval: Interval, file: Path) -> Any:
    """What was saved, without running what a file says."""
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        reason = str(error).rpartition("WeightsUnpickler error: ")[2].partition("\n")[0]
        raise frameworks.refused(
            interval,
            f"{FILE} holds something else than tensors, numbers, text, lists and dictionaries, which is all "
            f"that is loaded: {reason}. Have the state_dict() of each part consist of these",
        ) from error


def _state(part: Any) -> dict[str, Any]:
    """What is saved of a part: of what loading does not bring back, only what can be loaded."""
    if schedulers.is_scheduler(part):
        return schedulers.counts(vars(part))
    state: dict[str, Any] = part.state_dict()
    is_optimizer = isinstance(part, Optimizer)
    return {**state, "param_groups": _plain(state["param_groups"])} if is_optimizer else state


def _plain(value: Any) -> Any:
    """Numbers, text and tensors, also in lists and dictionaries; None for anything else: a function."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)  # numpy has a float of its own
    return value if isinstance(value, torch.Tensor) else None


class Built:
    """Optimizers and schedulers as they were built, before a checkpoint brings the donor's values back."""

    def __init__(self, optimizers: Iterable[Any], scheduling: Iterable[Any]) -> None:
        self._schedulers = list(scheduling)
        self._schedules = [copy.deepcopy(scheduler.state_dict()) for scheduler in self._schedulers]
        self._optimizers = list(optimizers)
        for optimizer in self._optimizers:
            for group in optimizer.param_groups:
                group.setdefault("initial_lr", group["lr"])
        self._groups = [
            [
                {key: value for key, value in group.items() if key != "params"}
                for group in optimizer.param_groups
            ]
            for optimizer in self._optimizers
        ]

    def put_back(self, counts: list[dict[str, Any]] | None = None) -> None:
        """After loading: moments, and the counts of the schedulers, stay; all else is as it was built."""
        counts = counts or [schedulers.counts(vars(scheduler)) for scheduler in self._schedulers]
        for optimizer, groups in zip(self._optimizers, self._groups, strict=True):
            own = [
                pair for pair in zip(self._schedulers, counts, strict=True) if pair[0].optimizer is optimizer
            ]
            # Then the rate has been reduced by nothing but a plateau, and stays so.
            is_reduced = own and all(isinstance(s, ReduceLROnPlateau) and "best" in c for s, c in own)
            for group, built in zip(optimizer.param_groups, groups, strict=True):
                base = group.get("initial_lr")
                share = group["lr"] / base if base and is_reduced else 1.0
                group.update(built)
                group["lr"] *= share
        ages: dict[int, list[tuple[Any, int]]] = {}  # of each optimizer
        for scheduler, schedule, counted in zip(self._schedulers, self._schedules, counts, strict=True):
            scheduler.load_state_dict(schedule)
            if isinstance(scheduler, ReduceLROnPlateau):
                vars(scheduler).update(counted)
            else:
                ages.setdefault(id(scheduler.optimizer), []).append((scheduler, counted["last_epoch"]))
        for together in ages.values():
            schedulers.wind(together)

    def declare(self, interval: Interval) -> None:
        """Declares each hyperparameter that a group of an optimizer was built with."""
        readers: dict[str, Callable[[], object]] = {}
        for name in interval.hyperparameters:
            for optimizer, groups in zip(self._optimizers, self._groups, strict=True):
                for number, built in enumerate(groups):
                    for key, value in _values(built):
                        if _is_for(name, key) and frameworks.is_given(interval, name, value):
                            readers.setdefault(name, self._reader(interval, name, optimizer, number, key))
        frameworks.declare(interval, readers)

    def _reader(
        self, interval: Interval, name: str, optimizer: Any, number: int, key: str
    ) -> Callable[[], object]:
        """What reads a value where it is in force; of a rate that is scheduled, the base rate."""
        base: float = self._groups[self._optimizers.index(optimizer)][number]["initial_lr"]
        own = [scheduler for scheduler in self._schedulers if scheduler.optimizer is optimizer]

        def read() -> object:
            group = optimizer.param_groups[number]
            if key in RATES and not own and (group["lr"] != base or "max_lr" in group):
                raise frameworks.refused(
                    interval,
                    f"the learning rate is {float(group['lr'])}, and no scheduler is known: give State "
                    "every scheduler, State(..., scheduler=scheduler). Otherwise its schedule begins anew "
                    "in each interval. If that is meant, or if the script itself sets the rate, do so after "
                    f"State, and say before the report: interval.applied({name}=interval[{name!r}])",
                )
            if key == "initial_lr" and own:
                bases = [bases[number] for scheduler in own for bases in schedulers.bases(scheduler)]
                return next((other for other in bases if other != base), base)
            return dict(_values(group))["lr" if key == "initial_lr" else key]

        return read


def _rank() -> int:
    return torch.distributed.get_rank() if torch.distributed.is_initialized() else 0


def _values(group: dict[str, Any]) -> Iterator[tuple[str, object]]:
    for key, value in group.items():
        if key == "betas":
            yield from zip(("beta1", "beta2"), value, strict=True)
        elif key != "params":
            yield key, value


def _is_for(name: str, key: str) -> bool:
    """Whether a hyperparameter of this name, such as `head_lr`, may be what a group has under this key."""
    if key in RATES:
        return frameworks.is_rate(name)
    return key != "lr" and key in name
