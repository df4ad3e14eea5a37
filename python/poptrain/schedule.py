"""The schedule that produced a model: hyperparameters by age."""

from __future__ import annotations

import bisect
import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, SupportsIndex, overload

from .records import PATH, Record, Segment, each, short


@dataclass(frozen=True, repr=False)
class Schedule(Record, Sequence[Segment]):
    """A sequence of segments by age; called with an age, it returns the hyperparameters in force there.

    schedule = poptrain.Run("runs/parabola").schedule()
    schedule(1200)["learning_rate"]
    """

    run_id: str
    name: str
    metric: str
    mode: str
    steps: int
    """The age of the model, where the schedule ends."""
    total_steps: int
    """The budget that the trainer was told, for a schedule of its own."""
    checkpoint: Path = field(metadata=PATH)
    segments: tuple[Segment, ...] = field(metadata=each(Segment) | {"printed": "schedule"})

    def __call__(self, step: SupportsIndex) -> dict[str, Any]:
        """The hyperparameters at an age; beyond the end of the schedule, the last ones.

        Raises:
            ValueError: the age is negative.
        """
        age = operator.index(step)
        if age < 0:
            raise ValueError(f"an age is a number of steps from 0, not {age}")
        position = bisect.bisect([segment.start for segment in self.segments], age) - 1
        return dict(self.segments[position].hyperparameters)

    def __len__(self) -> int:
        return len(self.segments)

    @overload
    def __getitem__(self, position: int) -> Segment: ...
    @overload
    def __getitem__(self, position: slice) -> tuple[Segment, ...]: ...
    def __getitem__(self, position: int | slice) -> Segment | tuple[Segment, ...]:
        return self.segments[position]

    def __repr__(self) -> str:
        """A line for each segment."""
        ages = [f"{segment.start} to {segment.stop}" for segment in self.segments]
        width = max(map(len, ages), default=0)
        lines = [
            f"  {age:>{width}}  {', '.join(f'{n}={short(v)}' for n, v in segment.hyperparameters.items())}"
            for age, segment in zip(ages, self.segments, strict=True)
        ]
        return "\n".join([f"<schedule of {self.name}, {self.steps} steps", *lines]) + ">"
