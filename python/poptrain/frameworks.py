"""What the helpers for frameworks share: seed, load, declare, and say what does not fit."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping

from .errors import Error
from .interval import Interval


def seed(interval: Interval) -> None:
    """Seeds Python's random numbers and, where it is imported, those of numpy from the interval."""
    random.seed(interval.seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(interval.seed)


def declare(interval: Interval, readers: Mapping[str, Callable[[], object]]) -> None:
    """Declares those that the experiment has; they are read now, and again when the interval is reported."""
    known = {name: reader for name, reader in readers.items() if name in interval.hyperparameters}
    if known and not interval.is_evaluation:
        interval.applied(known)


def is_rate(name: str) -> bool:
    """Whether a hyperparameter of this name, such as `head_lr`, is a learning rate."""
    return "learning_rate" in name or "lr" in name.split("_")


def declare_rate(interval: Interval, reader: Callable[[], object]) -> None:
    """Declares the learning rate, whatever it is called, if that is what was given."""
    given = {name: interval.hyperparameters.given(name) for name in interval.hyperparameters if is_rate(name)}
    declare(interval, {name: reader for name, value in given.items() if value == reader()})


def misfit(interval: Interval, error: Exception) -> Error:
    """Tells Poptrain that the checkpoint does not fit what was built to load it, which would be so again.

    Returns:
        What to raise.
    """
    reason = " ".join(str(error).split())  # on one line
    message = (
        f"the checkpoint does not fit what was built to load it: {type(error).__name__}: {reason}. "
        "A hyperparameter that changes the shape of the weights needs `structural: true` in the "
        "experiment file: it goes with the weights and never changes"
    )
    interval._break_contract(message)
    return Error(message)
