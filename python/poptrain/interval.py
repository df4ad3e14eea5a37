"""One interval of one member: what to train, and how to answer."""

from __future__ import annotations

import contextlib
import operator
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import SupportsIndex

from .assigned import Assigned
from .declared import Declared, read
from .engine import Assignment, Engine
from .errors import Error, unknown_hyperparameter
from .reporting import check_saved, counted_otherwise, steps_trained
from .steps import Steps
from .values import by_name, no_number, wire_hyperparameter, wire_metrics

PROGRESS_PERIOD = 0.2
"""Seconds that are at least between two progress messages."""


class Interval(Assigned):
    """What Poptrain asks for: train one member from `start` to `stop`, save, report."""

    def __init__(
        self, assignment: Assignment, engine: Engine, *, run_id: str, clock: Callable[[], float]
    ) -> None:
        super().__init__(assignment, run_id)
        self._engine = engine
        self._clock = clock
        self._step = assignment.start
        self._at_hand = 0  # 1 while the loop over `steps` works on a step
        self._next_progress = clock() + PROGRESS_PERIOD
        self._next_heartbeat = float("-inf")
        self._next_look = float("-inf")
        self._declared = Declared()
        self._left_out: dict[str, str] = {}
        self._saw_stop = False
        self._broke_contract = False
        self._cut_short = False
        self._ended_by: str | None = None

    def __reduce__(self) -> tuple[type, tuple[dict[str, object]]]:
        """What a framework saves of it, say with a schedule that reads it: a dict of the hyperparameters."""
        values = self.hyperparameters
        return dict, ({name: values.given(name) for name in values},)

    def file(self, name: str) -> Path | None:
        """What is called so in `checkpoint`, a file or a folder; None: start fresh.

        Raises:
            Error: the checkpoint has nothing of that name. Who catches it may go on.
        """
        if self._checkpoint is None:
            return None
        path = Path(self._checkpoint, name)
        if not path.exists():
            there = sorted(child.name for child in Path(self._checkpoint).iterdir() if child.name[0] != ".")
            raise Error(
                f"there is no {name!r} in the checkpoint {self._checkpoint}, but {', '.join(there)}: "
                "save and load under one name"
            )
        return path

    # Steps

    @property
    def steps(self) -> Steps:
        """The ages that are left to train, up to `stop - 1`; going over them reports progress.

        A step counts as trained once it was handed out: leave the loop at the end of its body. When the run
        is preempted the loop ends early, after one step at least: save and report as always, and the member
        goes on from there when the run is resumed.
        """
        return Steps(self)

    @property
    def step(self) -> int:
        """The present age; in a loop over `steps`, the step at hand."""
        return self._step

    @property
    def member_step(self) -> int:
        """The member's own steps at the present age: the axis for a plot of one member."""
        return self.member_start + self._step - self.start

    @property
    def done(self) -> bool:
        """Whether all steps are taken, or the run is preempted and some are."""
        return self._step >= self.stop or self._is_cut_short()

    def advance(self, n: SupportsIndex = 1) -> None:
        """Takes `n` steps at once and reports progress; for loops that are not over `steps`."""
        count = operator.index(n)
        if count < 0:
            raise ValueError(f"an age never goes back: advance({count})")
        self._step += count
        if self._clock() >= self._next_progress:
            self._report_progress()

    def heartbeat(self) -> None:
        """Says that the trainer is alive, where something takes long that is not a step."""
        self._check_open("heartbeat")
        now = self._clock()
        if now >= self._next_heartbeat:
            self._next_heartbeat = now + PROGRESS_PERIOD
            self._engine.send({"type": "progress", "interval": self._id})

    @property
    def stop_requested(self) -> bool:
        """Whether the run is stopping: save and report early, or finish soon. Asking never waits."""
        stopping = self._engine.stop_requested()
        self._saw_stop = self._saw_stop or stopping
        if stopping:
            self._next_look = float("-inf")
        return stopping

    def _is_cut_short(self) -> bool:
        """Whether the interval is to end where it is; it looks no more often than progress is reported."""
        if not self._cut_short and self._step > self.start and self._clock() >= self._next_look:
            self._next_look = self._clock() + PROGRESS_PERIOD
            self._cut_short = self._engine.save_requested()
        return self._cut_short

    # What is told about the interval

    def log(
        self,
        metrics: Mapping[str, object] | None = None,
        /,
        step: SupportsIndex | None = None,
        **named: object,
    ) -> None:
        """Reports an evaluation within the interval, any number of times.

        Args:
            metrics: name to number, as in `report`.
            step: the age at which it was made; by default the age when the step at hand is finished.
            **named: the same, by keyword.
        """
        self._check_open("log")
        age = self._step + self._at_hand if step is None else operator.index(step)
        with self._contract():
            values, left_out = wire_metrics(by_name("metric", metrics, named))
        self._left_out.update(left_out)
        measured = {name: value for name, value in values.items() if value is not None}
        self._engine.send({"type": "log", "interval": self._id, "step": age, "metrics": measured})

    def applied(self, values: Mapping[str, object] | None = None, /, **named: object) -> None:
        """Declares hyperparameters as they are really set, and Poptrain compares them with the given ones.

        Restoring an optimizer brings back the learning rate that it was saved with, and a scheduler may bring
        it back a step later. So set the new one after loading, and say where it can be read:
        `interval.applied(learning_rate=lambda: optimizer.param_groups[0]["lr"])`. It is read at once, and
        again when the interval is reported. Where a schedule is to change the rate, declare its base rate.

        Args:
            values: name to value, to an object that holds it, or to a function that returns it.
            **named: the same, by keyword.
        """
        self._check_open("declare what is applied")
        with self._contract():
            sources = by_name("hyperparameter", values, named)
            for name in sources:
                if name not in self.hyperparameters:
                    raise unknown_hyperparameter(name, self.hyperparameters)
        present = {name: read(name, source) for name, source in sources.items()}
        with self._contract():
            self._declared.add(sources, present)

    in_force = applied
    """Another name for `applied`."""

    # Ending: exactly one of report, fail, invalid

    def report(
        self,
        metrics: Mapping[str, object] | None = None,
        /,
        steps: SupportsIndex | None = None,
        **named: object,
    ) -> None:
        """Ends the interval: trained, saved and measured.

        Args:
            metrics: name to value. A value is a number of Python, numpy, torch or JAX; a flat list or array
                of several evaluations, whose mean counts; or None, where nothing could be measured yet.
                Among others, what is no number is left out with a warning.
            steps: the steps really trained, where `steps` and `advance` did not count them. If they counted
                others, there is a warning.
            **named: further metrics, by name.
        """
        self._check_open("report")
        present = self._declared.now()
        with self._contract():
            values, left_out = wire_metrics(by_name("metric", metrics, named))
            if not values:
                raise no_number(left_out)
            message: dict[str, object] = {"type": "done", "interval": self._id, "metrics": values}
            counted = self._step + self._at_hand - self.start
            trained = steps_trained(self.stop - self.start, counted, steps, is_evaluation=self.is_evaluation)
            if trained is not None:
                message["steps"] = trained
            if steps is not None and counted_otherwise(counted, operator.index(steps)):
                message["counted"] = counted
            if not self.is_evaluation:
                check_saved(self._save_to)
            given = self.hyperparameters.echo()
            echo = {name: wire_hyperparameter(name, value) for name, value in given.items()}
            message["in_force"] = {**echo, **self._declared.at_first}
            if present:
                message["in_force_at_end"] = {
                    name: wire_hyperparameter(name, value) for name, value in present.items()
                }
            message["read"] = list(given)
            if left_out := {**self._left_out, **left_out}:
                message["left_out"] = left_out
            self._end("report()", message)

    def fail(self, message: str) -> None:
        """Ends the interval: this attempt failed. Poptrain repeats it, up to `max_failures` attempts."""
        if self._broke_contract:
            return  # it is told already, with the reason
        self._check_open("fail")
        self._end("fail()", {"type": "failed", "interval": self._id, "message": str(message)})

    def invalid(self, message: str) -> None:
        """Ends the interval: these hyperparameters cannot be trained. The member is replaced."""
        self._check_open("invalid")
        self._end("invalid()", {"type": "invalid", "interval": self._id, "message": str(message)})

    # Within the package

    @property
    def _has_ended(self) -> bool:
        return self._ended_by is not None

    @property
    def _next_step(self) -> int:
        return self._step

    @property
    def _steps_left(self) -> int:
        return self.stop - self._step

    def _begin_step(self) -> None:
        if self._clock() >= self._next_progress:
            self._report_progress()
        self._at_hand = 1

    def _end_step(self) -> None:
        self._at_hand = 0
        self._step += 1

    def _report_progress(self) -> None:
        self._check_open("take a step")
        self._next_progress = self._clock() + PROGRESS_PERIOD
        self._engine.send({"type": "progress", "interval": self._id, "step": self._step})

    def _check_open(self, action: str) -> None:
        if self._ended_by is not None:
            raise Error(
                f"cannot {action}: {self!r} was already ended by {self._ended_by}. "
                "An interval ends exactly once, by report, fail or invalid"
            )

    @contextlib.contextmanager
    def _contract(self) -> Iterator[None]:
        """Tells Poptrain of an error that the trainer would make again, before it raises."""
        try:
            yield
        except (Error, TypeError, ValueError) as error:
            self._break_contract(str(error))
            raise

    def _break_contract(self, why: str) -> None:
        message: dict[str, object] = {"type": "failed", "interval": self._id, "message": why}
        if not self._saw_stop:  # which may be what cut it short
            message["retry"] = False
        with contextlib.suppress(Error):  # the engine is gone, or this is not the trainer's process
            self._end(f"an error: {why}", message)
            self._broke_contract = True

    def _end(self, by: str, message: dict[str, object]) -> None:
        for stream in (sys.stdout, sys.stderr):
            # Replaced by None, full or closed: no reason to lose the interval.
            with contextlib.suppress(AttributeError, OSError, ValueError):
                stream.flush()
        self._engine.send(message)
        self._ended_by = by
        self._next_progress = float("-inf")  # so that the next step finds out without a check of its own
