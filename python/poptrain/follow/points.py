"""The points of a run: what a tracker is told, member by member, in an order that never changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..values import from_wire

Value = bool | int | float | str


@dataclass(frozen=True)
class Point:
    """What is known of a member at one of its steps.

    Attributes:
        member: the member.
        number: which of the member's points it is, from 0.
        steps: the steps that the member has trained itself, which never go back.
        seconds: when, in seconds since 1970.
        values: by name: `score`, `age`, `metrics/...`, `hyperparameters/...` or `copies/donor`.
        copy: for a copy, what was copied, in words.
    """

    member: int
    number: int
    steps: int
    seconds: float
    values: Mapping[str, Value]
    copy: str | None = None


@dataclass
class Numbering:
    """Makes the points of intervals, which must come in order and from the first."""

    _counts: dict[int, int] = field(default_factory=dict)

    def points(self, interval: Mapping[str, Any]) -> Iterator[Point]:
        """The points of an interval: the copy that it begins with, what was logged during it, and its end."""
        member, start = interval["member"], interval["start_steps"]

        def point(steps: int, seconds: float, values: Mapping[str, Value], copy: str | None = None) -> Point:
            number = self._counts.get(member, 0)
            self._counts[member] = number + 1
            return Point(member, number, steps, seconds, values, copy)

        if (copy := interval["copy"]) is not None:
            began = interval["started_at_seconds"]
            yield point(start, began, {"copies/donor": copy["donor"]}, _in_words(copy, interval))
        ended = interval["finished_at_seconds"]
        for evaluation in interval["evaluations"]:
            steps = start + evaluation["age"] - interval["start_age"]
            yield point(steps, ended, _metrics(evaluation["metrics"]))
        values: dict[str, Value] = {"age": interval["end_age"], **_metrics(interval["metrics"])}
        if interval["score"] is not None:
            values["score"] = interval["score"]
        values |= {f"hyperparameters/{name}": value for name, value in interval["hyperparameters"].items()}
        yield point(start + interval["steps"], ended, values)


def _metrics(metrics: Mapping[str, Any]) -> dict[str, Value]:
    return {f"metrics/{name}": from_wire(value) for name, value in metrics.items()}  # type: ignore[misc]


def _in_words(copy: Mapping[str, Any], interval: Mapping[str, Any]) -> str:
    what = "weights and hyperparameters" if copy["inherits"] == "both" else copy["inherits"]
    own = "no score of its own" if copy["score"] is None else f"own score {copy['score']:.6g}"
    values = ", ".join(f"{name}={value}" for name, value in interval["hyperparameters"].items())
    return (
        f"copied the {what} of member {copy['donor']} at age {copy['age']}, score {copy['donor_score']:.6g} "
        f"({own}); goes on with {values}"
    )
