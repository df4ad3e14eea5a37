"""The Python client of Poptrain: your script trains one interval of one member at a time.

    import poptrain

    for interval in poptrain.intervals():
        model = load(interval.checkpoint / "model.npz") if interval.checkpoint else fresh(interval.seed)
        for step in interval.steps:                          # ages start..stop-1; also reports progress
            train_one_step(model, learning_rate=interval["learning_rate"])
        save(model, interval.save_to / "model.npz")
        interval.report(accuracy=evaluate(model))

An interval has

    start, stop, total_steps    the ages to train from and to, and the member's budget
    horizon                     the age to build a schedule or a framework's max_steps over
    member, number, run_id      whose interval it is, which one, of which run
    member_start, member_step   the member's own steps at the start and now, which never go back as ages do
    donor, is_copy              the member whose model it begins with (None: its own, or fresh)
    seed                        the same whenever the interval is repeated
    checkpoint, save_to, warm   folders to load from (None: start fresh) and to save into
    file(name)                  what is called so in checkpoint (None: start fresh)
    hyperparameters, [name]     their values; what was read is reported as applied
    applied(**values)           declares what is really set, or functions that tell, now and at the end;
                                in_force is another name for it
    steps, step, done           the ages to go over, the present one, whether all are taken
    advance(n)                  takes steps in a loop that the script does not own
    stop_requested              the run is stopping: save and report early, or finish soon
    is_evaluation               load, measure, report; nothing to train or save
    is_test                     an evaluation on data that had no part in choosing the model
    log(metrics), heartbeat()   an evaluation on the way; a sign of life
    report(metrics, steps=n)    the end of it: trained and saved; None for a metric that has no value yet
    fail(why), invalid(why)     its other ends: to be repeated; not to be repeated

A process that trains several members at once, such as a vmapped population, asks for `batches`.
`Run` reads the results of a run: its best model, members, schedule, lineage and intervals (`docs/python.md`).
`find_program` says where the program `poptrain` is; `python -m poptrain` runs it.

Recipes for frameworks are in `docs/recipes.md`, what goes over the wire in `docs/trainer-protocol.md`.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .batch import Batch
from .errors import Error, RunError, UnknownHyperparameter
from .hyperparameters import Hyperparameters
from .interval import Interval
from .session import current as _current
from .session import is_managed
from .steps import Steps
from .version import __version__

if TYPE_CHECKING:
    from .program import find_program
    from .run import Run
    from .standalone import ByHand as _ByHand

__all__ = [
    "Batch",
    "Error",
    "Hyperparameters",
    "Interval",
    "Run",
    "RunError",
    "Steps",
    "UnknownHyperparameter",
    "__version__",
    "batches",
    "find_program",
    "intervals",
    "is_managed",
    "next_interval",
]


def intervals(
    *,
    standalone: Mapping[str, object] | str | os.PathLike[str] | None = None,
    steps: int | None = None,
    save_to: str | os.PathLike[str] | None = None,
    interval: int | None = None,
    seed: int = 0,
) -> Iterator[Interval]:
    """The intervals that Poptrain asks for, until there is no more work.

    The arguments say how to run by hand, for a debugger; under Poptrain they have no effect.

        poptrain.intervals(standalone="experiment.yaml")
        poptrain.intervals(standalone={"learning_rate": 3e-4}, steps=1000, save_to="out")

    Args:
        standalone: an experiment file, from whose ranges values are drawn, others for each interval; or the
            values themselves.
        steps: how many steps to train; for an experiment file three of its intervals, unless given.
        save_to: the folder for the checkpoints; by default a temporary one.
        interval: the steps of one interval; by default those of the file, or with given values all steps.
        seed: what the values and the intervals' seeds are made of.

    Raises:
        Error: Poptrain did not start this process and `standalone` is not given.
        RunError: the experiment file cannot be read.
    """
    by_hand = _by_hand(standalone, steps, save_to, interval, seed)
    return iter(_current(by_hand, afresh=True).next_interval, None)


def next_interval(
    *,
    standalone: Mapping[str, object] | str | os.PathLike[str] | None = None,
    steps: int | None = None,
    save_to: str | os.PathLike[str] | None = None,
    interval: int | None = None,
    seed: int = 0,
) -> Interval | None:
    """Waits for the next interval; None when there is no more work. For frameworks that own the loop.

    The arguments and errors are those of `intervals`.
    """
    by_hand = _by_hand(standalone, steps, save_to, interval, seed)
    return _current(by_hand, afresh=False).next_interval()


def batches(
    *,
    capacity: int,
    standalone: Mapping[str, object] | str | os.PathLike[str] | None = None,
    steps: int | None = None,
    save_to: str | os.PathLike[str] | None = None,
    interval: int | None = None,
    seed: int = 0,
) -> Iterator[Batch]:
    """Several intervals at once that Poptrain asks for, until there is no more work.

        for batch in poptrain.batches(capacity=32):
            population = gather(population, batch)           # batch.parents, or batch[i].checkpoint, or fresh
            for step in batch.steps:
                train_one_step(population, learning_rate=jnp.asarray(batch["learning_rate"]))
            for i, one in enumerate(batch):
                save(population, i, one.save_to / "model.npz")
            batch.report(accuracy=evaluate(population))      # an array: one for each

    Args:
        capacity: how many members this process takes at once; a batch may have fewer.
        standalone: how to run by hand, as for `intervals`; a batch then has one member.
        steps: likewise.
        save_to: likewise.
        interval: likewise.
        seed: likewise.

    Raises:
        Error: Poptrain did not start this process and `standalone` is not given.
        RunError: the experiment file cannot be read.
    """
    if operator.index(capacity) < 1:
        raise ValueError(f"a batch has at least one member: capacity={capacity}")
    by_hand = _by_hand(standalone, steps, save_to, interval, seed)
    return iter(_current(by_hand, afresh=True, capacity=capacity).next_batch, None)


def _by_hand(
    standalone: Mapping[str, object] | str | os.PathLike[str] | None,
    steps: int | None,
    save_to: str | os.PathLike[str] | None,
    interval: int | None,
    seed: int,
) -> _ByHand | None:
    if standalone is None or is_managed():
        return None
    from .standalone import ByHand

    return ByHand.of(standalone, steps, save_to, interval, seed)


def __getattr__(name: str) -> Any:
    """What a trainer does not need is imported when it is asked for."""
    if name == "Run":
        from .run import Run

        return Run
    if name == "find_program":
        from .program import find_program

        return find_program
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
