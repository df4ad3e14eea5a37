"""A stand-in for the engine when a trainer is run by hand: no population, no decisions, no resuming."""

from __future__ import annotations

import operator
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .engine import Assignment
from .errors import Error
from .values import wire_hyperparameter


@dataclass(frozen=True)
class Plan:
    """What to train by hand."""

    hyperparameters: Mapping[str, object]
    steps: int
    save_to: Path
    interval: int
    seed: int

    @classmethod
    def of(
        cls,
        hyperparameters: Mapping[str, object],
        steps: int | None,
        save_to: str | os.PathLike[str] | None,
        interval: int | None,
        seed: int,
    ) -> Plan:
        """Checks the arguments of `intervals`, `next_interval` and `batches`."""
        if steps is None or save_to is None:
            raise Error(
                'to run by hand, say also how long and where: standalone={...}, steps=1000, save_to="out"'
            )
        steps = operator.index(steps)
        each = steps if interval is None else operator.index(interval)
        if steps < 1 or each < 1:
            raise Error(f"to run by hand takes at least one step: steps={steps}, interval={interval}")
        for name, value in hyperparameters.items():
            wire_hyperparameter(name, value)
        return cls(dict(hyperparameters), steps, Path(save_to), each, operator.index(seed))


class Standalone:
    """Asks for one interval after the other, each from the checkpoint before, and prints the reports.

    Checkpoints are folders `checkpoint-000060` in `save_to`, by the age they were to reach.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._age = 0
        self._checkpoint: str | None = None
        self._number = 0
        self._under_way: Assignment | None = None
        self._failure: str | None = None
        for folder in sorted(plan.save_to.glob("checkpoint-*")):
            if any(folder.iterdir()):
                raise Error(
                    f"{folder} is there already, and a run by hand resumes nothing: "
                    "remove it, or save elsewhere"
                )

    def next_batch(self) -> list[Assignment]:
        """The next interval, alone; empty when all steps are trained."""
        if self._failure is not None:
            raise Error(self._failure)
        plan = self._plan
        if self._age >= plan.steps:
            return []
        stop = min(self._age + plan.interval, plan.steps)
        save_to = plan.save_to / f"checkpoint-{stop:06d}"
        save_to.mkdir(parents=True, exist_ok=True)
        self._number += 1
        self._under_way = Assignment(
            id=f"by-hand-{self._number}",
            member=0,
            number=self._number,
            is_evaluation=False,
            start=self._age,
            stop=stop,
            total_steps=plan.steps,
            seed=(plan.seed + self._age) % 2**32,
            hyperparameters=plan.hyperparameters,
            checkpoint=self._checkpoint,
            parent=f"by-hand-{self._number - 1}" if self._checkpoint else None,
            save_to=str(save_to),
            warm=self._checkpoint is not None,
            member_steps=self._age,
        )
        return [self._under_way]

    def send(self, message: Mapping[str, object]) -> None:
        """Does what the engine would do about it, as far as that makes sense for one member."""
        interval = self._under_way
        assert interval is not None  # only an interval sends
        if message["type"] == "log":
            self._print(message["step"], message["metrics"])
        elif message["type"] == "done":
            trained = message.get("steps", interval.stop - interval.start)
            assert isinstance(trained, int)
            self._age = interval.start + trained
            self._checkpoint = interval.save_to
            self._print(self._age, message["metrics"], f"saved in {interval.save_to}")
            left_out = message.get("left_out", {})
            assert isinstance(left_out, dict)
            for name, what in left_out.items():
                print(f"warning: the metric {name!r} {what}: it is left out", flush=True)
        elif message["type"] in ("failed", "invalid"):
            self._failure = f"interval {interval.number} ended as {message['type']}: {message['message']}"

    def stop_requested(self) -> bool:
        """Nobody asks; Ctrl-C is Python's own."""
        return False

    def save_requested(self) -> bool:
        """Nobody asks."""
        return False

    def _print(self, age: object, metrics: object, *more: str) -> None:
        assert isinstance(metrics, dict)
        values = [
            f"{name} {'not measured yet' if value is None else value}" for name, value in metrics.items()
        ]
        print(f"step {age} of {self._plan.steps}:", ", ".join([*values, *more]), flush=True)
