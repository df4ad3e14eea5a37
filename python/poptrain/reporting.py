"""What a report must have: steps that were trained, and something saved."""

from __future__ import annotations

import operator
import os
from typing import SupportsIndex

from .errors import Error


def steps_trained(
    asked: int, counted: int, given: SupportsIndex | None, *, is_evaluation: bool
) -> int | None:
    """The steps to report; None: those that were asked for.

    Args:
        asked: how many were asked for.
        counted: how many `steps` and `advance` have counted.
        given: how many the trainer says that it has trained, where it says so.
        is_evaluation: whether none are asked for.
    """
    try:
        trained = counted if given is None else operator.index(given)
    except TypeError:
        raise TypeError(
            f"steps must be a whole number of steps, not {given!r}; "
            "a metric of that name goes into the dictionary: report({'steps': ...})"
        ) from None
    if trained < 0 or (trained == 0 and not is_evaluation):
        reported = "" if given is None else f", and report says steps={trained}"
        raise Error(
            f"no steps were trained: {asked} were asked for, {counted} were counted{reported}. Loop over "
            "interval.steps, call interval.advance() in the framework's callback, or say "
            "report(..., steps=n). A framework that has reached its own max_steps trains nothing: "
            "give it interval.horizon"
        )
    if given is None and trained == asked:
        return None
    return trained or None


def counted_otherwise(counted: int, trained: int) -> bool:
    """Whether the trainer has counted other steps than it reports, so that one of both is wrong.

    One that counts nothing says how many it has trained, and the last step that was handed out need not have
    been trained.
    """
    return counted > 0 and trained not in (counted, counted - 1)


def check_saved(folder: str) -> None:
    """Looks whether anything was saved.

    Raises:
        Error: nothing was.
    """
    try:
        empty = not os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        empty = True
    if empty:
        raise Error(f"nothing was saved: {folder} is empty. Save into interval.save_to, then report")
