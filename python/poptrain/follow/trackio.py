"""Trackio: a run for each member, in the database on this machine."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Sequence

import trackio
from trackio.sqlite_storage import SQLiteStorage

from ..errors import Error
from .points import Point
from .reading import Status


class Trackio:
    """A point is one row. Rows are written in order, so their number is that of the points."""

    def __init__(self, run: Status) -> None:
        if remote := {"TRACKIO_SERVER_URL", "TRACKIO_SPACE_ID"} & os.environ.keys():
            raise Error(f"only Trackio on this machine is written to: unset {', '.join(sorted(remote))}")
        self._run = run

    def held(self, member: int) -> int:
        """Counts the rows of a member."""
        return int(SQLiteStorage.get_log_count(self._run.name, self._name(member)))

    def send(self, points: Sequence[Point]) -> None:
        """Logs the points of each member, and waits until they are in the database."""
        for member in {point.member for point in points}:
            own = [point for point in points if point.member == member]
            with contextlib.redirect_stdout(io.StringIO()):
                run = trackio.init(
                    self._run.name,
                    name=self._name(member),
                    group=self._run.id,
                    resume="allow",
                    embed=False,
                    auto_log_gpu=False,
                    auto_log_cpu=False,
                )
                for point in own:
                    copy = {} if point.copy is None else {"copies/what": point.copy}
                    run.log({**point.values, **copy}, step=point.steps)
                trackio.finish()
            if (count := self.held(member)) != own[-1].number + 1:
                raise Error(f"Trackio holds {count} of {own[-1].number + 1} points of member {member}")

    def close(self, finished: bool) -> None:
        """There is nothing to close."""

    def _name(self, member: int) -> str:
        return f"member-{member}-{self._run.id[:8]}"
