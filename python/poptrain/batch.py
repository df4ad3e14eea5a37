"""Several intervals of different members, to be trained at once."""

from __future__ import annotations

import contextlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, SupportsIndex, overload

from .declared import read
from .interval import Interval
from .steps import Steps
from .values import NotANumber, by_name, one_for_each


class Batch(Sequence[Interval]):
    """What Poptrain asks for: train these members, all for the same number of steps.

    It is a sequence of intervals. What it does, it does for all of them that have not been ended one by one,
    by `batch[i].fail(...)` or `batch[i].invalid(...)`.
    """

    parents: Final[list[int]]
    """For each, its model's position in the batch before; -1: load its checkpoint, or start fresh."""

    def __init__(self, intervals: Sequence[Interval], parents: list[int]) -> None:
        self.parents = parents
        self._intervals = list(intervals)
        self._taken = 0

    def __len__(self) -> int:
        return len(self._intervals)

    @overload
    def __getitem__(self, key: int) -> Interval: ...
    @overload
    def __getitem__(self, key: slice) -> list[Interval]: ...
    @overload
    def __getitem__(self, key: str) -> Any: ...
    def __getitem__(self, key: int | slice | str) -> Any:
        """An interval by its position, or the values of a hyperparameter by its name.

        Numbers come as an array of the standard library, which NumPy, JAX and torch take as it is; texts
        and booleans as a list.
        """
        if not isinstance(key, str):
            return self._intervals[key]
        values = [interval[key] for interval in self._intervals]
        kinds = {type(value) for value in values}
        if kinds == {int}:
            return array("q", values)
        return array("d", values) if kinds <= {int, float} else values

    def __repr__(self) -> str:
        return f"<batch of {len(self)}: {', '.join(f'member {interval.member}' for interval in self)}>"

    @property
    def starts(self) -> list[int]:
        """The ages to train from."""
        return [interval.start for interval in self]

    @property
    def seeds(self) -> list[int]:
        """In [0, 2**32); the same when an interval is repeated."""
        return [interval.seed for interval in self]

    @property
    def is_evaluation(self) -> bool:
        """Load, measure and report; there is nothing to train or save."""
        return self._intervals[0].is_evaluation

    @property
    def is_test(self) -> bool:
        """An evaluation of models that were chosen: measure on data that had no part in choosing them."""
        return self._intervals[0].is_test

    # Steps

    @property
    def step_count(self) -> int:
        """How many steps to train, the same for all."""
        return self._intervals[0].stop - self._intervals[0].start

    @property
    def steps(self) -> Steps:
        """The steps that are left, counted from 0; going over them reports progress.

        As with an interval, a step counts as trained once it was handed out, and the loop ends early when the
        machine is preempted.
        """
        return Steps(self)

    def advance(self, n: SupportsIndex = 1) -> None:
        """Takes `n` steps at once and reports progress; for loops that are not over `steps`."""
        for interval in self._open:
            interval.advance(n)
        self._taken += n.__index__()

    @property
    def done(self) -> bool:
        """Whether all steps are taken, or the run is preempted and some are."""
        return self._steps_left <= 0 or self._is_cut_short()

    @property
    def stop_requested(self) -> bool:
        """Whether the run is stopping: save and report early, or finish soon. Asking never waits."""
        answers = [interval.stop_requested for interval in self._open]  # each takes note of it
        return any(answers)

    def heartbeat(self) -> None:
        """Says that the trainer is alive, where something takes long that is not a step."""
        for interval in self._open[:1]:
            interval.heartbeat()

    # What is told; one value for each member

    def log(
        self,
        metrics: Mapping[str, object] | None = None,
        /,
        step: SupportsIndex | None = None,
        **named: object,
    ) -> None:
        """Reports an evaluation of each, any number of times.

        Args:
            metrics: name to values, one for each member.
            step: how many steps they were trained in this batch; by default those that were taken.
            **named: the same, by keyword.
        """
        rows = self._rows(metrics, named)

        def log(interval: Interval, position: int) -> None:
            age = None if step is None else interval.start + step.__index__()
            interval.log(rows[position], step=age)

        self._each(log)

    def applied(self, values: Mapping[str, object] | None = None, /, **named: object) -> None:
        """Declares hyperparameters as they are really set, see `Interval.applied`.

        Args:
            values: name to a list or array with a value for each member, or to a function that returns one.
            **named: the same, by keyword.
        """
        with self._contract():
            sources = by_name("hyperparameter", values, named)
        present = {name: read(name, source) for name, source in sources.items()}
        with self._contract():
            for name, value in present.items():
                one_for_each(f"the hyperparameter {name!r}", value, len(self))

        def reader(name: str, position: int) -> Callable[[], object]:
            what, source = f"the hyperparameter {name!r}", sources[name]
            return lambda: read(name, one_for_each(what, read(name, source), len(self))[position])

        self._each(
            lambda interval, position: interval.applied({name: reader(name, position) for name in sources})
        )

    in_force = applied
    """Another name for `applied`."""

    def report(
        self,
        metrics: Mapping[str, object] | None = None,
        /,
        steps: SupportsIndex | None = None,
        **named: object,
    ) -> None:
        """Ends all that are not ended yet: trained, saved and measured.

        Args:
            metrics: name to values, one for each member of the batch, those that are ended among them; None
                where nothing could be measured yet.
            steps: the steps really trained, where `steps` and `advance` did not count them. If they counted
                others, there is a warning.
            **named: further metrics, by name.
        """
        rows = self._rows(metrics, named)
        self._each(lambda interval, position: interval.report(rows[position], steps=steps))

    # Within the package

    @property
    def _open(self) -> list[Interval]:
        return [interval for interval in self._intervals if not interval._has_ended]

    @property
    def _next_step(self) -> int:
        return self._taken

    @property
    def _steps_left(self) -> int:
        return self.step_count - self._taken

    def _begin_step(self) -> None:
        for interval in self._open:
            interval._begin_step()

    def _end_step(self) -> None:
        for interval in self._open:
            interval._end_step()
        self._taken += 1

    def _is_cut_short(self) -> bool:
        return any(interval._is_cut_short() for interval in self._open)

    def _rows(
        self, metrics: Mapping[str, object] | None, named: Mapping[str, object]
    ) -> list[dict[str, object]]:
        """The metrics of each member, out of those that hold a value for each."""
        columns: dict[str, list[object]] = {}
        wrong: dict[str, TypeError | ValueError] = {}
        with self._contract():
            for name, value in by_name("metric", metrics, named).items():
                what = f"the metric {name!r}"
                try:
                    columns[name] = one_for_each(what, value, len(self))
                except (TypeError, ValueError) as error:
                    wrong[name] = error
                    columns[name] = [NotANumber(str(error).removeprefix(f"{what} "))] * len(self)
            if wrong and len(wrong) == len(columns):
                raise next(iter(wrong.values()))
        return [{name: column[i] for name, column in columns.items()} for i in range(len(self))]

    def _each(self, action: Callable[[Interval, int], None]) -> None:
        """Does it for all that are not ended, also where one is refused, and then raises the first error."""
        errors: list[Exception] = []
        for position, interval in enumerate(self._intervals):
            if not interval._has_ended:
                try:
                    action(interval, position)
                except Exception as error:
                    errors.append(error)
        if errors:
            raise errors[0]

    @contextlib.contextmanager
    def _contract(self) -> Iterator[None]:
        """As with an interval, for all that are not ended."""
        with contextlib.ExitStack() as stack:
            for interval in reversed(self._open):  # the last that is entered is told first
                stack.enter_context(interval._contract())
            yield
