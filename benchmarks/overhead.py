"""What an interval costs beside the trainer: Poptrain, and the floor in turn with it.

The floor is Sources/Floor/floor.c: the same lines over a socket to a bare Python child, the same calls on
files, the same rows into the same tables, with as many workers.
"""

from dataclasses import replace
from functools import partial
from itertools import product

from digits import EXAMPLE, python
from measure import DIGITS, Bench, Table, Work, alternate, bench, ratio, told

SIZES = {1024: "1 KB", 82 << 10: "82 KB", 10 << 20: "10 MB", 100 << 20: "100 MB", 1 << 30: "1 GB"}
DURABILITIES = ("durable", "process")


def main() -> None:
    """Measure both tables."""
    with bench(__doc__) as measured:
        beside_floor(measured)
        in_batches(measured)


def beside_floor(measured: Bench) -> None:
    """The populations, the sizes of checkpoints, then a real training."""
    populations = [(16, 50), (64, 50), (8, 50), (512, 5), (4096, 2)]
    works = [Work(m, n, durability=d) for m, n in populations for d in DURABILITIES]
    works += [Work(4, 5, size, d) for size in (1024, 100 << 20, 1 << 30) for d in DURABILITIES]
    works += [replace(DIGITS, durability=d) for d in DURABILITIES]

    python(EXAMPLE / "prepare.py")  # so that no run is timed with it
    table = Table(
        "overhead",
        "Microseconds of a worker per interval, median (least-most):",
        ["members x intervals", "checkpoint", "interval", "durability", "Poptrain", "floor", "ratio"],
    )
    for work in works:
        is_long = work.members > 1000 or work.bytes > 100 << 20
        if (measured.quick and is_long) or not measured.has_room(work):
            continue
        repetitions = min(3, measured.repetitions) if is_long else measured.repetitions
        ours, floor = alternate(repetitions, partial(measured.ours, work), partial(measured.floor, work))
        name = f"{work.members} x {work.intervals}"
        cells = [name, SIZES[work.bytes], work.task, work.durability, told(ours), told(floor)]
        table.row(*cells, ratio(ours, floor), ours=ours, floor=floor)
    table.save()


def in_batches(measured: Bench) -> None:
    """Trainers of one member each, and trainers of eight."""
    table = Table(
        "batches",
        "Microseconds of a worker per interval, of 16 members:",
        ["intervals", "checkpoint", "durability", "one member to a process", "eight", "eight / one"],
    )
    for (size, intervals), durability in product(((1024, 50), (10 << 20, 10)), DURABILITIES):
        works = [Work(16, intervals, size, durability, capacity=capacity) for capacity in (1, 8)]
        if not measured.has_room(works[0]):
            continue
        one, eight = alternate(measured.repetitions, *(partial(measured.ours, work) for work in works))
        cells = [str(intervals), SIZES[size], durability, told(one), told(eight), ratio(eight, one)]
        table.row(*cells, one=one, eight=eight)
    table.save()


if __name__ == "__main__":
    main()
