"""What is asked of a run to follow it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..program import ask, ask_for_one
from ..records import Record


@dataclass(frozen=True, repr=False)
class Status(Record):
    """How a run stands.

    Attributes:
        id: the same over all starts of the run.
        name: the experiment's name.
        state: `running`, `stopped` or `finished`.
    """

    name: str
    state: str
    id: str = field(metadata={"printed": "run_id"})


class Reader:
    """Asks a program about the run in a folder."""

    def __init__(self, program: Path, folder: str) -> None:
        self._program = program
        self.folder = folder

    def status(self) -> Status:
        """How the run stands now."""
        return Status.read(ask_for_one("status", "--json", "--", self.folder, program=self._program))

    def intervals(self, after: int) -> Iterator[dict[str, Any]]:
        """The intervals that have ended since the one with this `sequence`, in order."""
        options = ("--format", "jsonl", "--after", str(after))
        return ask("export", *options, "--", self.folder, program=self._program)
