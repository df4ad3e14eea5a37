"""From interval to interval: one session with the engine, and the one that this process has."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from .batch import Batch
from .connection import PROTOCOL, Connection
from .engine import Engine
from .errors import Error
from .interval import Interval
from .ranks import check_rank
from .version import OTHER_VERSION, __version__

if TYPE_CHECKING:
    from .standalone import ByHand


class Session:
    """Hands out intervals, one at a time or several at once, and sees to it that each is ended."""

    interval_type: type[Interval] = Interval

    def __init__(self, engine: Engine, *, run_id: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._run_id = run_id
        self._clock = clock
        self._under_way: list[Interval] = []

    def next_interval(self) -> Interval | None:
        """Waits for the next interval; None when there is no more work."""
        intervals = self._next()
        if len(intervals) > 1:
            raise Error(f"Poptrain asked for {len(intervals)} intervals at once of a trainer that takes one")
        return intervals[0] if intervals else None

    def next_batch(self) -> Batch | None:
        """Waits for the next batch; None when there is no more work."""
        positions = {interval._id: position for position, interval in enumerate(self._under_way)}
        intervals = self._next()
        if not intervals:
            return None
        return Batch(
            intervals,
            [positions.get(interval._parent or "", -1) if interval.warm else -1 for interval in intervals],
        )

    def _next(self) -> list[Interval]:
        self._check_ended()
        assignments = self._engine.next_batch()
        self._under_way = [
            self.interval_type(assignment, self._engine, run_id=self._run_id, clock=self._clock)
            for assignment in assignments
        ]
        return self._under_way

    def _check_ended(self) -> None:
        forgotten = [interval for interval in self._under_way if not interval._has_ended]
        reasons = [
            f"{interval!r} was not ended before the next one was asked for: "
            "call interval.report(...), interval.fail(...) or interval.invalid(...)"
            for interval in forgotten
        ]
        for interval, reason in zip(forgotten, reasons, strict=True):
            interval._break_contract(reason)
        if reasons:
            raise Error(reasons[0])


def is_managed() -> bool:
    """Whether Poptrain started this process, so that there are intervals to ask for."""
    return bool(os.environ.get("POPTRAIN_SOCKET"))


_lock = threading.Lock()
_managed: tuple[int, Session] | None = None
_by_hand: tuple[ByHand, Session] | None = None


def current(by_hand: ByHand | None, *, afresh: bool, capacity: int = 1) -> Session:
    """The session of this process: with Poptrain if that started it, else by hand.

    Args:
        by_hand: how to run by hand; not looked at under Poptrain.
        afresh: start by hand once more, also if this is under way.
        capacity: how many members the process takes at once.
    """
    global _managed, _by_hand
    check_rank()
    with _lock:
        if is_managed():
            if _managed is None:
                _managed = (capacity, _open(capacity))
            if _managed[0] != capacity:
                raise Error(
                    f"this process has told Poptrain already that it takes {_managed[0]} members at once, "
                    f"not {capacity}: ask for intervals in one way only"
                )
            return _managed[1]
        if by_hand is None:
            raise Error(
                "this process was not started by Poptrain (POPTRAIN_SOCKET is not set). Start it with "
                "`poptrain run experiment.yaml`, or say how to run by hand: "
                'poptrain.intervals(standalone="experiment.yaml")'
            )
        if afresh or _by_hand is None or _by_hand[0] != by_hand:
            from .standalone import Standalone

            _by_hand = (by_hand, Session(Standalone(by_hand), run_id="standalone"))
        return _by_hand[1]


def _open(capacity: int) -> Session:
    spoken = os.environ.get("POPTRAIN_PROTOCOL", str(PROTOCOL))
    if spoken != str(PROTOCOL):
        raise Error(
            f"Poptrain speaks protocol {spoken}, this client (poptrain {__version__}) protocol {PROTOCOL}: "
            f"{OTHER_VERSION}"
        )
    connection = Connection(os.environ["POPTRAIN_SOCKET"], capacity=capacity)
    return Session(connection, run_id=os.environ.get("POPTRAIN_RUN_ID", ""))
