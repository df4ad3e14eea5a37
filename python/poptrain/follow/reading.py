"""What the program says of a run, as `docs/json.md` describes it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import Error


class Unreadable(Error):
    """The program could not read the run.

    Attributes:
        status: its exit status.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Status:
    """How a run stands.

    Attributes:
        id: the same over all starts of the run.
        name: the experiment's name.
        state: `running`, `stopped` or `finished`.
    """

    id: str
    name: str
    state: str


class Reader:
    """Asks a program about the run in a folder."""

    def __init__(self, program: Path, folder: str) -> None:
        self._program = program
        self.folder = folder

    def status(self) -> Status:
        """How the run stands now."""
        (fields,) = self._lines("status", "--json")
        return Status(id=fields["run_id"], name=fields["name"], state=fields["state"])

    def intervals(self, after: int) -> Iterator[dict[str, Any]]:
        """The intervals that have ended since the one with this `sequence`, in order."""
        return self._lines("export", "--format", "jsonl", "--after", str(after))

    def _lines(self, command: str, *options: str) -> Iterator[dict[str, Any]]:
        """What a command prints, line by line."""
        with subprocess.Popen(
            [self._program, command, *options, "--", self.folder],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a Ctrl-C is for the follower, which still sends what it reads
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            try:
                for line in process.stdout:
                    fields = json.loads(line)
                    yield fields
            except GeneratorExit:
                process.kill()
                raise
            errors = process.stderr.read().strip()
        if process.returncode != 0:
            raise Unreadable(errors.removeprefix("error: "), process.returncode)
