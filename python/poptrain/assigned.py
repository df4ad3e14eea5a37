"""What Poptrain asks for: the facts of one interval of one member."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from .engine import Assignment
from .hyperparameters import Hyperparameters


class Assigned:
    """What is the same from the beginning of an interval to its end.

    Ages count what this model has trained along its lineage: `start` goes on where `checkpoint` ended.
    """

    start: Final[int]
    """The age to train from."""
    stop: Final[int]
    """The age to train to; there are `stop - start` steps."""
    total_steps: Final[int]
    """The budget of a member."""
    horizon: Final[int]
    """The age to build a schedule or a framework's `max_steps` over: `total_steps`; `stop`, if it is more."""
    member: Final[int]
    """Whose interval it is, from 0."""
    number: Final[int]
    """Which of the member's intervals it is, from 1."""
    member_start: Final[int]
    """The steps that the member itself has trained before; unlike an age they never go back."""
    donor: Final[int | None]
    """The member whose model this interval begins with; None: its own, or a fresh one."""
    seed: Final[int]
    """In [0, 2**32); the same when the interval is repeated."""
    run_id: Final[str]
    """Identifies the run, also when it is resumed."""
    is_evaluation: Final[bool]
    """Load, measure and report; there is nothing to train or save."""
    is_test: Final[bool]
    """An evaluation of a model that was chosen: measure on data that had no part in choosing it."""
    warm: Final[bool]
    """This process saved `checkpoint` in the interval before: it may go on with what it has in memory."""
    hyperparameters: Final[Hyperparameters]
    """Name to value; reading a value marks it as read."""

    def __init__(self, assignment: Assignment, run_id: str) -> None:
        self.start = assignment.start
        self.stop = assignment.stop
        self.total_steps = assignment.total_steps
        self.horizon = max(assignment.total_steps, assignment.stop)
        self.member = assignment.member
        self.number = assignment.number
        self.member_start = assignment.member_steps
        self.donor = assignment.donor
        self.seed = assignment.seed
        self.run_id = run_id
        self.is_evaluation = assignment.is_evaluation
        self.is_test = assignment.is_test
        self.warm = assignment.warm
        self.hyperparameters = Hyperparameters(assignment.hyperparameters)
        self._id = assignment.id
        self._parent = assignment.parent
        self._checkpoint = assignment.checkpoint
        self._save_to = assignment.save_to

    def __repr__(self) -> str:
        kind = "evaluation" if self.is_evaluation else "interval"
        return f"<{kind} {self.number} of member {self.member}, ages {self.start} to {self.stop}>"

    @property
    def checkpoint(self) -> Path | None:
        """The folder to load from; None: start fresh."""
        return None if self._checkpoint is None else Path(self._checkpoint)

    @property
    def save_to(self) -> Path:
        """The folder to save into; it is there, and empty."""
        return Path(self._save_to)

    def __getitem__(self, name: str) -> Any:
        """The value of a hyperparameter; marks it as read."""
        return self.hyperparameters[name]

    @property
    def is_copy(self) -> bool:
        """Whether it begins with a copy of another member's model."""
        return self.donor is not None
