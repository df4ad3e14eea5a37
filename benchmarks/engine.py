"""What the engine itself takes: an exploit, busy workers, the start, and memory."""

import os
import shutil
import sqlite3
import time
from functools import partial
from pathlib import Path

from measure import Bench, Table, Work, alternate, bench, ratio, remove, run, told

COMMAND = """\
name: start
trainer:
  command: [/bin/sh, -c, "date +%s.%N > {path}; echo {{x}} > {{save}}/model; echo score=1"]
metric: score
mode: max
population_size: 1
steps: 1
interval: 1
workers: 1
exploit: none
hyperparameters:
  x: {{uniform: [0, 1]}}
"""

GAPS = """\
SELECT d.result, i.started_at - lag(i.finished_at) OVER (ORDER BY i.sequence)
FROM intervals i JOIN decisions d ON d.member = i.member AND d.ordinal = i.number - 1
"""


def exploits(measured: Bench) -> None:
    """From the record of an interval to the start of the next, whose member has copied or not."""
    title = "An exploit: milliseconds between two intervals of a worker, median (least-most):"
    columns = ["checkpoint", "copies", "member goes on", "member has copied", "engine wrote, KB per interval"]
    table = Table("exploit", title, [*columns, "copying the file would take"])
    for name, size in (("1 KB", 1024), ("1 GB", 1 << 30)):
        work = Work(4, 6, size, workers=1)
        if measured.has_room(work):
            gaps: dict[str, list[float]] = {"joined": [], "stay": [], "inherit": []}
            written: list[float] = []
            for _ in range(3):
                run_folder, engine = measured.engine(work)
                database = sqlite3.connect(run_folder / "population.sqlite")
                for result, seconds in database.execute(GAPS):
                    gaps[result].append(seconds or 0)
                database.close()
                written.append(engine.written / work.members / work.intervals)
            model = next(run_folder.glob("checkpoints/*-*/model"))
            (copying,) = alternate(3, partial(copy, model, measured.folder / "copy"))
            stays, copies = told(gaps["stay"], 1e3, 2), told(gaps["inherit"], 1e3, 2)
            cells = [
                name,
                str(len(gaps["inherit"])),
                stays,
                copies,
                told(written, 1e-3),
                told(copying, 1e3, 1),
            ]
            table.row(*cells, gaps=gaps, written=written)
            remove(run_folder)
    table.save()


def copy(source: Path, target: Path) -> float:
    """Seconds to copy a checkpoint and flush it."""
    start = time.perf_counter()
    shutil.copyfile(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    seconds = time.perf_counter() - start
    target.unlink()
    return seconds


def busy(measured: Bench) -> None:
    """Intervals of one second."""
    columns = ["durability", "Poptrain", "floor"]
    table = Table("busy", "Percent of their time that workers train, in intervals of 1 s:", columns)
    for durability in ("durable", "process"):
        work = Work(4, 5, durability=durability, seconds=1)
        times = alternate(3, partial(measured.ours, work), partial(measured.floor, work))
        ours, floor = ([100 / seconds for seconds in values] for values in times)
        table.row(durability, told(ours, 1, 2), told(floor, 1, 2), ours=ours, floor=floor)
    table.save()


def start(measured: Bench) -> None:
    """From the start of `poptrain run` to the first command of the trainer."""
    title = "Milliseconds to the first command of the trainer:"
    table = Table("start", title, ["poptrain run", "trainer alone"])
    path, run_folder = measured.folder / "started", measured.folder / "run"
    experiment = measured.folder / "start.yaml"
    experiment.write_text(COMMAND.format(path=path))

    def seconds_of(command: list[str]) -> float:
        remove(run_folder)
        begin = time.time()
        run(command)
        return float(path.read_text()) - begin

    repetitions = 4 * measured.repetitions
    ours, alone = alternate(
        repetitions,
        lambda: seconds_of([measured.poptrain, "run", str(experiment), "--run", str(run_folder)]),
        lambda: seconds_of(["/bin/sh", "-c", f"date +%s.%N > {path}"]),
    )
    table.row(told(ours, 1e3, 1), told(alone, 1e3, 1), ours=ours, alone=alone)
    table.save()


def memory(measured: Bench) -> None:
    """Resident memory of the engine, in a short and in a long history."""
    title = "Resident memory of the engine at the most, MB:"
    table = Table("memory", title, ["members", "intervals", "MB", "ratio"])
    first: list[float] = []
    for intervals in (1, 4, 16):
        values = []
        for _ in range(1 if measured.quick else 3):
            _, engine = measured.engine(Work(1000, intervals, durability="process"))
            values.append(float(engine.resident))
        first = first or values
        table.row("1000", str(1000 * intervals), told(values, 1e-6, 1), ratio(values, first), resident=values)
    table.save()


def main() -> None:
    """Measure one after the other."""
    with bench(__doc__) as measured:
        start(measured)
        memory(measured)
        busy(measured)
        exploits(measured)


if __name__ == "__main__":
    main()
