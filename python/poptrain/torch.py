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

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch.optim import Optimizer

from . import frameworks, schedulers
from .interval import Interval
from .optimizers import Built

# Before, it cannot load numbers without running what a file says.
if int(torch.__version__.partition(".")[0]) < 2:
    raise ImportError(
        f"poptrain.torch needs PyTorch 2.0 or later; this is {torch.__version__}: pip install --upgrade torch"
    )

FILE = "state.pt"


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
        if any(_is_sharded(part) for part in parts.values() if isinstance(part, torch.nn.Module)):
            raise frameworks.refused(
                interval,
                "State saves what rank 0 has, and this model is sharded over ranks (FSDP): use "
                "torch.distributed.checkpoint in place of State",
            )
        own = {name: part for name, part in parts.items() if schedulers.is_scheduler(part)}
        built = Built([part for part in parts.values() if isinstance(part, Optimizer)], own.values())
        if file := interval.file(FILE):
            saved = _load(interval, file)
            with frameworks.loading(interval):
                for name, part in parts.items():
                    # Moments of another optimizer are of no use.
                    is_other = isinstance(part, Optimizer) and saved["kinds"][name] != type(part).__name__
                    if name not in own and not is_other:
                        part.load_state_dict(saved[name])
                counts = [schedulers.counts(saved[name]) for name in own]
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


def _is_sharded(model: torch.nn.Module) -> bool:
    kinds = {type(part).__name__ for part in (*model.modules(), *model.parameters())}
    return not kinds.isdisjoint(("FullyShardedDataParallel", "DTensor"))


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
    if isinstance(part, Optimizer):
        state["param_groups"] = _plain(state["param_groups"])
    return state


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


def _rank() -> int:
    return torch.distributed.get_rank() if torch.distributed.is_initialized() else 0
