"""Poptrain beside Ray Tune and Syne Tune: the same population, intervals, bytes and workers, in turn.

The peers are installed in .venv-peers by `make bench-peers`. How each is set up is told in peers/. They flush
nothing to the disk, so they stand beside both durabilities of Poptrain.
"""

import sys
from functools import partial
from pathlib import Path

from digits import EXAMPLE, python
from measure import DIGITS, HERE, REPOSITORY, Bench, Table, Work, alternate, bench, ratio, remove, run, told

PYTHON = REPOSITORY / ".venv-peers" / "bin" / "python"
PEERS = {"Ray Tune": "ray_tune.py", "Syne Tune": "syne_tune_pbt.py"}


def peer(measured: Bench, script: str, work: Work) -> float:
    """Worker-seconds per interval of a peer, whose trainer writes down when each interval has ended."""
    folder = measured.folder.resolve() / "peer"
    remove(folder)
    folder.mkdir()
    command = [PYTHON, HERE / "peers" / script, work.members, work.intervals, folder]
    run([str(argument) for argument in command], work.environment, folder)
    times = [float(line) for line in (folder / "times").read_text().split()]
    if len(times) < 0.8 * work.members * work.intervals:
        raise SystemExit(f"{script} trained {len(times)} intervals of {work}")
    remove(folder)
    return work.seconds_per_interval(times)


def main() -> None:
    """Measure each piece of work with each system."""
    small = [Work(16, 50), Work(64, 50), Work(8, 5), Work(64, 5), Work(512, 5)]
    large = [Work(4, 5, 100 << 20), Work(4, 5, 1 << 30)]
    works = [*small, *large, Work(4, 5, seconds=1), DIGITS]

    python(EXAMPLE / "prepare.py")  # the peers have no scikit-learn
    with bench(__doc__) as measured:
        columns = ["members x intervals", "checkpoint, KB", "interval, s", "system", "µs"]
        title = "Microseconds of a worker per interval, median (least-most):"
        table = Table("peers", title, [*columns, "times durable", "times process"])
        for work in works:
            is_long = work.members > 64 or work.bytes > 100 << 20 or work.members * work.intervals > 1000
            if (measured.quick and is_long) or not measured.has_room(work):
                continue
            process = Work(**{**work.__dict__, "durability": "process"})
            peers = [partial(peer, measured, script, work) for script in PEERS.values()]
            durable, *rest = alternate(
                1 if is_long else measured.repetitions,
                partial(measured.ours, work),
                partial(measured.ours, process),
                *peers,
            )
            names = ["Poptrain, durable", "Poptrain, process", *PEERS]
            for name, values in zip(names, [durable, *rest], strict=True):
                seconds = "digits" if work is DIGITS else str(work.seconds)
                cells = [f"{work.members} x {work.intervals}", str(work.bytes >> 10), seconds, name]
                table.row(
                    *cells, told(values), ratio(values, durable), ratio(values, rest[0]), seconds=values
                )
        table.save()


if __name__ == "__main__":
    if not Path(PYTHON).exists():
        sys.exit("there is no .venv-peers: run `make bench-peers`")
    main()
