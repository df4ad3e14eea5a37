"""A stand-in for the engine when a trainer is run by hand: no population, no decisions, no resuming."""

from __future__ import annotations

import itertools
import operator
import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .declared import check_applied
from .engine import Assignment
from .errors import Error
from .program import ask_for_one
from .records import Drawn
from .values import wire_hyperparameter


@dataclass(frozen=True)
class ByHand:
    """How to train by hand: the arguments of `intervals`, `next_interval` and `batches`."""

    standalone: Mapping[str, object] | str | os.PathLike[str]
    steps: int | None
    save_to: str | os.PathLike[str] | None
    interval: int | None
    seed: int

    @classmethod
    def of(
        cls,
        standalone: Mapping[str, object] | str | os.PathLike[str],
        steps: int | None,
        save_to: str | os.PathLike[str] | None,
        interval: int | None,
        seed: int,
    ) -> ByHand:
        """Checks the arguments."""
        if isinstance(standalone, Mapping):
            if steps is None:
                raise Error("to run by hand, say also how long: standalone={...}, steps=1000")
            for name, value in standalone.items():
                wire_hyperparameter(name, value)
            standalone = dict(standalone)
        return cls(
            standalone, _count("steps", steps), save_to, _count("interval", interval), operator.index(seed)
        )

    def plan(self) -> Plan:
        """What to train: with the values given all the time, or with those that the program draws."""
        if isinstance(self.standalone, Mapping):
            assert self.steps is not None  # see `of`
            return Plan([(self.interval or self.steps, self.standalone)], self.steps, self.steps)
        file = str(Path(self.standalone).absolute())  # never like an option
        drawn = Drawn.read(ask_for_one("draw", file, "--json", "--seed", str(self.seed)))
        intervals = [
            (self.interval or interval.stop - interval.start, interval.hyperparameters)
            for interval in drawn.intervals
        ]
        return Plan(intervals, self.steps or sum(length for length, _ in intervals), drawn.total_steps)


@dataclass(frozen=True)
class Plan:
    """What to train by hand."""

    intervals: Sequence[tuple[int, Mapping[str, Any]]]
    """The steps and values of each interval; after the last comes the first again."""
    steps: int
    """How many to train."""
    total_steps: int
    """The budget of a member."""


class Standalone:
    """Asks for one interval after the other, each from the checkpoint before, and prints the reports.

    Checkpoints are folders `checkpoint-1` and so on, by the interval's number. They are in `save_to`, or in a
    temporary folder, which is removed at the end of the process.
    """

    def __init__(self, by_hand: ByHand) -> None:
        self._plan = by_hand.plan()
        self._intervals = itertools.cycle(self._plan.intervals)
        self._seed = by_hand.seed
        self._save_to = self._temporary() if by_hand.save_to is None else Path(by_hand.save_to)
        self._age = 0
        self._checkpoint: str | None = None
        self._number = 0
        self._under_way: Assignment | None = None
        self._failure: str | None = None
        for folder in sorted(self._save_to.glob("checkpoint-*")):
            if any(folder.iterdir()):
                raise Error(
                    f"{folder} is there already, and a run by hand resumes nothing: "
                    "remove it, or leave save_to out for a temporary folder"
                )

    def next_batch(self) -> list[Assignment]:
        """The next interval, alone; empty when all steps are trained."""
        if self._failure is not None:
            raise Error(self._failure)
        plan = self._plan
        if self._age >= plan.steps:
            return []
        length, hyperparameters = next(self._intervals)
        stop = min(self._age + length, plan.steps)
        self._number += 1
        save_to = self._save_to / f"checkpoint-{self._number}"
        save_to.mkdir(parents=True, exist_ok=True)
        self._under_way = Assignment(
            id=f"by-hand-{self._number}",
            member=0,
            number=self._number,
            is_evaluation=False,
            start=self._age,
            stop=stop,
            total_steps=plan.total_steps,
            seed=(self._seed + self._age) % 2**32,
            hyperparameters=hyperparameters,
            checkpoint=self._checkpoint,
            parent=f"by-hand-{self._number - 1}" if self._checkpoint else None,
            save_to=str(save_to),
            warm=False,  # so that it loads, whatever it has in memory
            member_steps=self._age,
        )
        values = ", ".join(f"{name}={value}" for name, value in hyperparameters.items())
        origin = f"from {self._checkpoint}" if self._checkpoint else "fresh"
        print(f"steps {self._age} to {stop}, {origin}: {values or 'no hyperparameters'}", flush=True)
        return [self._under_way]

    def send(self, message: Mapping[str, Any]) -> None:
        """Does what the engine would do about it, as far as that makes sense for one member.

        Raises:
            Error: a hyperparameter is not what it was to be.
        """
        interval = self._under_way
        assert interval is not None  # only an interval sends
        if message["type"] == "log":
            self._print(message["step"], message["metrics"])
        elif message["type"] == "done":
            for moment in ("in_force", "in_force_at_end"):
                check_applied(interval.hyperparameters, message.get(moment, {}))
            self._age = interval.start + message.get("steps", interval.stop - interval.start)
            self._checkpoint = interval.save_to
            self._print(self._age, message["metrics"], f"saved in {interval.save_to}")
            for name, what in message.get("left_out", {}).items():
                print(f"warning: the metric {name!r} {what}: it is left out", flush=True)
            if "counted" in message:
                trained = self._age - interval.start
                print(
                    f"warning: {message['counted']} steps were counted, but {trained} reported: count each "
                    "once, or leave `steps` out of the report",
                    flush=True,
                )
        elif message["type"] in ("failed", "invalid"):
            self._failure = f"interval {interval.number} ended as {message['type']}: {message['message']}"

    def stop_requested(self) -> bool:
        """Nobody asks; Ctrl-C is Python's own."""
        return False

    def save_requested(self) -> bool:
        """Nobody asks."""
        return False

    def _print(self, age: int, metrics: Mapping[str, Any], *more: str) -> None:
        values = [
            f"{name} {'not measured yet' if value is None else value}" for name, value in metrics.items()
        ]
        print(f"step {age} of {self._plan.steps}:", ", ".join([*values, *more]), flush=True)

    def _temporary(self) -> Path:
        folder = tempfile.mkdtemp(prefix="poptrain-")
        weakref.finalize(self, _remove, folder, os.getpid())
        return Path(folder)


def _count(name: str, steps: int | None) -> int | None:
    if steps is None:
        return None
    if operator.index(steps) < 1:
        raise Error(f"to run by hand takes at least one step: {name}={steps}")
    return operator.index(steps)


def _remove(folder: str, process: int) -> None:
    if os.getpid() == process:  # and not in a process that it has forked
        shutil.rmtree(folder, ignore_errors=True)
