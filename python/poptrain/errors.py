"""The exceptions that are the client's own."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class Error(Exception):
    """Something that the trainer or its surroundings did wrong; the message says what to do."""


class RunError(Error):
    """A run or experiment file that the program could not read.

    Attributes:
        status: the exit status of the program; None if it has not failed itself.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class UnknownHyperparameter(Error, KeyError):
    """A name that is not among the experiment's hyperparameters."""

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError's own would put the message into quotes


def unknown_hyperparameter(name: object, known: Iterable[str]) -> UnknownHyperparameter:
    """The error for a name that is not there, with the names that are."""
    names = list(known)
    nearest = difflib.get_close_matches(str(name), names, n=1)
    suggestion = f" Did you mean {nearest[0]!r}?" if nearest else ""
    listing = f"The experiment has {', '.join(names)}" if names else "The experiment has none"
    return UnknownHyperparameter(f"there is no hyperparameter {name!r}.{suggestion} {listing}")
