"""What the helpers for frameworks share: seed, load, declare, count, and say what does not fit.

Each takes an interval through the same steps: build with its values, load the checkpoint, set again what that
has brought back, seed, declare, train and count, save. The report reads what was declared once more.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from .declared import is_same
from .errors import Error
from .interval import Interval
from .values import from_wire, wire_hyperparameter

MISFITS = (RuntimeError, ValueError, KeyError, TypeError)
"""What frameworks raise when they load other shapes, or other parts, than were built."""


def seed(interval: Interval) -> None:
    """Seeds Python's random numbers and, where it is imported, those of numpy from the interval."""
    random.seed(interval.seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(interval.seed)


@contextmanager
def loading(interval: Interval) -> Iterator[None]:
    """Says of a checkpoint that cannot be loaded that it does not fit."""
    try:
        yield
    except MISFITS as error:
        raise misfit(interval, error) from error


def declare(interval: Interval, readers: Mapping[str, Callable[[], object]]) -> None:
    """Declares hyperparameters; they are read now, and again when the interval is reported."""
    if readers and not interval.is_evaluation:
        interval.applied(readers)


def advance(interval: Interval, steps: int = 1) -> bool:
    """Counts steps. Returns whether the interval is to end here."""
    interval.advance(steps)
    return interval.done or interval.stop_requested


def is_rate(name: str) -> bool:
    """Whether a hyperparameter of this name, such as `head_lr`, is a learning rate."""
    return "learning_rate" in name or "lr" in name.split("_") or name in ("eta", "eta0")


def is_given(interval: Interval, name: str, value: object) -> bool:
    """Whether something was built with the given value: if with half of it, it has nothing to tell."""
    if name not in interval.hyperparameters:
        return False
    try:
        return is_same(interval.hyperparameters.given(name), from_wire(wire_hyperparameter(name, value)))
    except TypeError:
        return False


def given(interval: Interval, built: Mapping[str, object]) -> dict[str, str]:
    """The hyperparameters that something was built with, each with what it is called there."""
    names = {name: name for name, value in built.items() if is_given(interval, name, value)}
    rates = {key: value for key, value in built.items() if is_rate(key)}
    for name in filter(is_rate, interval.hyperparameters):
        for key, value in rates.items():
            if is_given(interval, name, value):
                names.setdefault(name, key)
    return names


def refused(interval: Interval, message: str) -> Error:
    """Tells Poptrain what is wrong, which would be so again.

    Returns:
        What to raise.
    """
    interval._break_contract(message)
    return Error(message)


def misfit(interval: Interval, error: BaseException) -> Error:
    """The same of a checkpoint that does not fit what was built to load it."""
    reason = " ".join(str(error).split())  # on one line
    return refused(
        interval,
        f"the checkpoint does not fit what was built to load it: {type(error).__name__}: {reason}. "
        "A hyperparameter that changes the shape of the weights needs `structural: true` in the "
        "experiment file: it goes with the weights and never changes",
    )
