"""What the helpers for frameworks share: seed, load, declare, and say what does not fit."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping

from .declared import is_same
from .errors import Error
from .interval import Interval
from .values import from_wire, wire_hyperparameter


def seed(interval: Interval) -> None:
    """Seeds Python's random numbers and, where it is imported, those of numpy from the interval."""
    random.seed(interval.seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(interval.seed)


def declare(interval: Interval, readers: Mapping[str, Callable[[], object]]) -> None:
    """Declares hyperparameters; they are read now, and again when the interval is reported."""
    if readers and not interval.is_evaluation:
        interval.applied(readers)


def is_rate(name: str) -> bool:
    """Whether a hyperparameter of this name, such as `head_lr`, is a learning rate."""
    return "learning_rate" in name or "lr" in name.split("_")


def is_given(interval: Interval, name: str, value: object) -> bool:
    """Whether something was built with the given value: if with half of it, it has nothing to tell."""
    if name not in interval.hyperparameters:
        return False
    try:
        return is_same(interval.hyperparameters.given(name), from_wire(wire_hyperparameter(name, value)))
    except TypeError:
        return False


def rates(interval: Interval, value: object) -> list[str]:
    """The learning rates, whatever they are called, of which this is the given value."""
    return [name for name in interval.hyperparameters if is_rate(name) and is_given(interval, name, value)]


def refused(interval: Interval, message: str) -> Error:
    """Tells Poptrain what is wrong, which would be so again.

    Returns:
        What to raise.
    """
    interval._break_contract(message)
    return Error(message)


def misfit(interval: Interval, error: Exception) -> Error:
    """The same of a checkpoint that does not fit what was built to load it."""
    reason = " ".join(str(error).split())  # on one line
    return refused(
        interval,
        f"the checkpoint does not fit what was built to load it: {type(error).__name__}: {reason}. "
        "A hyperparameter that changes the shape of the weights needs `structural: true` in the "
        "experiment file: it goes with the weights and never changes",
    )
