"""What the program says of a run, as `docs/json.md` describes it, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from .errors import RunError
from .program import find_program, other_version
from .values import from_wire

R = TypeVar("R", bound="Record")


@dataclass(frozen=True, repr=False)
class Record:
    """One object that the program printed; fields that are not known here are skipped."""

    @classmethod
    def read(cls: type[R], printed: Mapping[str, Any]) -> R:
        """Takes the fields out of what was printed.

        Raises:
            RunError: one is missing.
        """
        found: dict[str, Any] = {}
        for known in fields(cls):
            name = known.metadata.get("printed") or known.name
            if name not in printed:
                program = find_program()
                raise RunError(f"{program} tells no {name!r} of a {cls.__name__}. {other_version(program)}")
            value, convert = printed[name], known.metadata.get("convert")
            found[known.name] = value if convert is None or value is None else convert(value)
        return cls(**found)

    def __repr__(self) -> str:
        """All that has a value, with real numbers as people read them."""
        shown = ((known.name, getattr(self, known.name)) for known in fields(self))
        return f"{type(self).__name__}({', '.join(f'{n}={short(v)}' for n, v in shown if v is not None)})"


def short(value: object) -> str:
    """A value for people: four digits of a real number, and all before the point."""
    if isinstance(value, float):
        return f"{value:.0f}" if 1e4 <= abs(value) < 1e15 else f"{value:.4g}"
    if isinstance(value, Path):
        return repr(str(value))
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name!r}: {short(each)}' for name, each in value.items())}}}"
    return repr(value)


def _by_name(printed: Mapping[str, object]) -> dict[str, Any]:
    return {name: from_wire(value) for name, value in printed.items()}


def each(record: type[Record]) -> dict[str, Any]:
    """The metadata of a field that is an array of records."""
    return {"convert": lambda objects: tuple(record.read(fields) for fields in objects)}


def one(record: type[Record]) -> dict[str, Any]:
    """The metadata of a field that is a record."""
    return {"convert": record.read}


VALUES: dict[str, Any] = {"convert": _by_name}
"""The metadata of a field that has hyperparameters or metrics by name."""

PATH: dict[str, Any] = {"convert": Path}
"""The metadata of a field that is a path."""


@dataclass(frozen=True, repr=False)
class Member(Record):
    """A member of the population, with the model that it has now."""

    id: int
    state: str
    steps: int
    age: int
    score: float | None
    failures: int
    forfeited_steps: int
    hyperparameters: dict[str, Any] = field(metadata=VALUES)
    checkpoint: Path | None = field(metadata=PATH)


@dataclass(frozen=True, repr=False)
class Status(Record):
    """A run at one moment."""

    name: str
    state: str
    ending: str | None
    metric: str
    mode: str
    population_size: int
    steps: int
    interval_steps: int
    trained_steps: int
    total_steps: int
    forfeited_steps: int
    intervals: int
    failures: int
    front: list[int] | None
    run: Path = field(metadata=PATH)
    members: tuple[Member, ...] = field(metadata=each(Member))


@dataclass(frozen=True, repr=False)
class Best(Record):
    """The best model of a run."""

    member: int
    score: float | None
    age: int
    reported: float | None
    evaluations: int
    one_evaluation_of: int | None
    metrics: dict[str, float] = field(metadata=VALUES)
    hyperparameters: dict[str, Any] = field(metadata=VALUES)
    checkpoint: Path = field(metadata=PATH)


@dataclass(frozen=True, repr=False)
class Segment(Record):
    """A part of a schedule: from age `start` to before age `stop` these values were in force."""

    start: int
    stop: int
    member: int
    score: float | None
    hyperparameters: dict[str, Any] = field(metadata=VALUES)


@dataclass(frozen=True, repr=False)
class Ancestor(Record):
    """A member from whose first model others live now; `living` counts them, itself among them."""

    member: int
    living: int


@dataclass(frozen=True, repr=False)
class Copy(Record):
    """A member took over the model of a donor."""

    sequence: int
    member: int
    donor: int
    age: int
    score: float | None
    donor_score: float
    hyperparameters: dict[str, Any] = field(metadata=VALUES)


@dataclass(frozen=True, repr=False)
class Lineage(Record):
    """Who has copied whom."""

    ancestors: tuple[Ancestor, ...] = field(metadata=each(Ancestor))
    copies: tuple[Copy, ...] = field(metadata=each(Copy))


@dataclass(frozen=True, repr=False)
class Evaluation(Record):
    """What was logged in the middle of an interval."""

    age: int
    metrics: dict[str, float] = field(metadata=VALUES)


@dataclass(frozen=True, repr=False)
class CopiedModel(Record):
    """What an interval begins with that a member has copied: of `donor`, at this age, what it `inherits`."""

    sequence: int
    donor: int
    inherits: str
    age: int
    score: float | None
    donor_score: float | None


@dataclass(frozen=True, repr=False)
class IntervalRecord(Record):
    """An interval that has ended, and what its member decided then."""

    sequence: int
    member: int
    number: int
    kind: str
    outcome: str
    start_steps: int
    steps: int
    start_age: int
    end_age: int
    score: float | None
    start_checkpoint: str | None
    end_checkpoint: str | None
    seed: int
    worker: str
    started_at_seconds: float
    finished_at_seconds: float
    message: str | None
    decision: str | None
    donor: int | None
    hyperparameters: dict[str, Any] = field(metadata=VALUES)
    metrics: dict[str, float] = field(metadata=VALUES)
    evaluations: tuple[Evaluation, ...] = field(metadata=each(Evaluation))
    copy: CopiedModel | None = field(metadata=one(CopiedModel))


@dataclass(frozen=True, repr=False)
class DrawnInterval(Record):
    """An interval of a member that has not been trained."""

    start: int
    stop: int
    hyperparameters: dict[str, Any] = field(metadata=VALUES)


@dataclass(frozen=True, repr=False)
class Drawn(Record):
    """A member's first intervals, as the program draws them."""

    total_steps: int
    intervals: tuple[DrawnInterval, ...] = field(metadata=each(DrawnInterval))
