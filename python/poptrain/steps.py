"""The steps that are left of an interval or of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Stepwise(Protocol):
    """What has steps to be taken: an interval, or several at once."""

    @property
    def _next_step(self) -> int:
        """The step that is handed out next."""

    @property
    def _steps_left(self) -> int:
        """How many there are still; none or fewer at the end."""

    def _is_cut_short(self) -> bool:
        """Whether it is to end where it is."""

    def _begin_step(self) -> None: ...

    def _end_step(self) -> None: ...


class Steps:
    """The steps that are left; iterating takes them."""

    __slots__ = ("_of",)

    def __init__(self, of: Stepwise) -> None:
        self._of = of

    def __len__(self) -> int:
        return max(0, self._of._steps_left)

    def __iter__(self) -> Iterator[int]:
        of = self._of
        while of._steps_left > 0 and not of._is_cut_short():
            of._begin_step()
            try:
                yield of._next_step
            finally:  # also when the loop is left by `break`
                of._end_step()
