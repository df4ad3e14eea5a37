"""Sends each point of a run to a tracker once, until the run is finished."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence
from threading import Event
from typing import Protocol

from .points import Numbering, Point
from .reading import Reader

PAUSE = 2.0
"""Seconds between two looks at the run."""
BATCH = 1000
"""The most points that are sent at once."""


class Tracker(Protocol):
    """Where the points of a run go. Each member is a run of the tracker."""

    def held(self, member: int) -> int:
        """How many points of a member it holds already: the first ones, without a gap."""

    def send(self, points: Sequence[Point]) -> None:
        """Takes points of several members; those of each member are the next ones, in order."""

    def close(self, finished: bool) -> None:
        """Ends; `finished` says that the run is, too."""


class Follower:
    """Knows what it has read of a run, and what the tracker holds."""

    def __init__(self, reader: Reader, tracker: Tracker) -> None:
        self._reader = reader
        self._tracker = tracker
        self._numbering = Numbering()
        self._held: dict[int, int] = {}
        self._after = 0
        self.sent = 0

    def follow(self, stop: Event) -> bool:
        """Sends what is new, again and again.

        Returns:
            Whether the run is finished; otherwise it was told to stop.
        """
        is_waiting = False
        while True:
            state = self._reader.status().state  # first: what a finished run has is then all there is
            self.catch_up()
            if state == "finished" or stop.is_set():
                self._tracker.close(state == "finished")
                return state == "finished"
            if state == "stopped" and not is_waiting:
                _say(f"{self._reader.folder} is stopped: waiting until it is resumed; Ctrl-C ends")
            is_waiting = state == "stopped"
            stop.wait(PAUSE)

    def catch_up(self) -> None:
        """Sends what is new."""
        points = self._new_points()
        while batch := list(itertools.islice(points, BATCH)):
            self._tracker.send(batch)
            self.sent += len(batch)

    def _new_points(self) -> Iterator[Point]:
        """What has been recorded since, without what the tracker holds."""
        for interval in self._reader.intervals(self._after):
            for point in self._numbering.points(interval):
                if point.member not in self._held:
                    self._held[point.member] = self._tracker.held(point.member)
                if point.number >= self._held[point.member]:
                    yield point
            self._after = interval["sequence"]


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
