"""What an interval costs beside the trainer: Poptrain, and the floor in turn with it.

The floor is Sources/Floor/floor.c: the same lines over a socket to a bare Python child, the same calls on
files, the same rows into the same tables, with as many workers.
"""

from functools import partial

from measure import Table, Work, alternate, bench, ratio, told

SIZES = {1024: "1 KB", 100 << 20: "100 MB", 1 << 30: "1 GB"}


def main() -> None:
    """Measure the populations, then the sizes of checkpoints."""
    populations = [(16, 50), (64, 50), (8, 50), (512, 5), (4096, 2)]
    works = [Work(m, n, durability=d) for m, n in populations for d in ("durable", "process")]
    works += [Work(4, 5, size, d) for size in SIZES for d in ("durable", "process")]

    with bench(__doc__) as measured:
        table = Table(
            "overhead",
            "Microseconds of a worker per interval, median (least-most):",
            ["members x intervals", "checkpoint", "durability", "Poptrain", "floor", "Poptrain / floor"],
        )
        for work in works:
            is_long = work.members > 1000 or work.bytes > 100 << 20
            if (measured.quick and is_long) or not measured.has_room(work):
                continue
            repetitions = min(3, measured.repetitions) if is_long else measured.repetitions
            ours, floor = alternate(repetitions, partial(measured.ours, work), partial(measured.floor, work))
            name = f"{work.members} x {work.intervals}"
            cells = [name, SIZES[work.bytes], work.durability, told(ours), told(floor), ratio(ours, floor)]
            table.row(*cells, ours=ours, floor=floor)
        table.save()


if __name__ == "__main__":
    main()
