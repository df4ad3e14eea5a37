"""The results of a run, read by the program."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, SupportsIndex

from .figure import Figure
from .program import ask, ask_for_one, ask_for_text
from .records import Best, IntervalRecord, Lineage, Member, Status
from .schedule import Schedule


class Run:
    """A run in its folder, bucket or database, also one that is being trained.

        run = poptrain.Run("runs/parabola")
        model = load(run.best.checkpoint)

    Nothing is cached: each attribute and each call asks the program anew, which takes about a tenth of a
    second. What it returns is a record of that moment, which does not change.

    Raises:
        RunError: there is no run in the folder; or later, it cannot be read any more.
        Error: the program `poptrain` is not installed.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        is_url = "://" in str(path)  # s3://bucket/runs/digits
        self.path = str(path) if is_url else Path(path)
        self._folder = str(path) if is_url else str(Path(path).absolute())  # never like an option
        self._ask("status")  # says at once where there is no run

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"

    @property
    def status(self) -> Status:
        """How far the run is, and all its members."""
        return Status.read(self._ask("status"))

    @property
    def state(self) -> str:
        """`running`: an engine trains it; `stopped`: it can be resumed; `finished`."""
        return self.status.state

    @property
    def members(self) -> tuple[Member, ...]:
        """The members by id, also those that have left."""
        return self.status.members

    @property
    def best(self) -> Best | None:
        """The best model so far; None while no model has a score."""
        if self._ask("status").get("best") is None:
            return None
        return Best.read(self._ask("best"))

    def schedule(self, *, member: SupportsIndex | None = None) -> Schedule:
        """The schedule that produced the best model.

        Args:
            member: whose present model is meant instead.

        Raises:
            RunError: there is no such member, or it has no model yet.
        """
        of = () if member is None else ("--member", str(operator.index(member)))
        return Schedule.read(self._ask("schedule", *of))

    @property
    def lineage(self) -> Lineage:
        """Who has copied whom."""
        return Lineage.read(self._ask("lineage"))

    def intervals(self) -> list[IntervalRecord]:
        """Every interval that has ended, in order."""
        return [IntervalRecord.read(row) for row in self._rows()]

    def figure(self, name: str) -> Figure:
        """A figure of the run, for a notebook, for Plotly or for a paper.

        Args:
            name: `curves`, `founders`, `lineage`, `schedule`, `scatter` or `parallel`.

        Raises:
            RunError: there is no figure of this name.
        """
        arguments = ("figure", name, self._folder)
        return Figure(ask_for_one(*arguments, "--json"), ask_for_text(*arguments))

    def frame(self) -> Any:
        """The intervals as a pandas DataFrame.

        Its columns are those of `poptrain export --format csv`, such as `hyperparameters.learning_rate`.

        Raises:
            ImportError: pandas is not installed.
        """
        from .frame import frame  # which imports pandas

        return frame(self._rows())

    def _rows(self) -> Iterator[dict[str, Any]]:
        return ask("export", self._folder, "--format", "jsonl")

    def _ask(self, command: str, *arguments: str) -> Mapping[str, Any]:
        return ask_for_one(command, self._folder, "--json", *arguments)
