"""What the benchmarks share: the work that is measured, how it is run, and how the figures are told."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import digits

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
WORKERS = 2

EXPERIMENT = """\
name: idle
trainer:
  command: [{python}, {trainer}]
  env: {{BYTES: {bytes}, SECONDS: {seconds}, CAPACITY: {capacity}}}
metric: score
mode: max
population_size: {members}
steps: {intervals}
interval: 1
workers: {workers}
durability: {durability}
exploit: {exploit}
hyperparameters:
  x: {{uniform: [0, 1]}}
"""


@dataclass(frozen=True)
class Work:
    """A population whose trainer does nothing but save, or that of examples/digits."""

    members: int
    intervals: int
    bytes: int = 1024
    durability: str = "durable"
    seconds: float = 0
    task: str = "idle"
    capacity: int = 1  # how many members a trainer takes at once
    exploit: str = "truncation"
    workers: int = WORKERS

    @property
    def environment(self) -> dict[str, str]:
        """What the trainer is told."""
        own = {"BYTES": str(self.bytes), "SECONDS": str(self.seconds), "TASK": self.task}
        modules = [REPOSITORY / "python", digits.EXAMPLE, HERE / "peers"]
        # As many threads as processors, as Poptrain sees to.
        own |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": ":".join(map(str, modules))}
        return {**os.environ, **own}

    @property
    def experiment(self) -> str:
        """The experiment file of Poptrain."""
        if self.task == "digits":
            text = f"{digits.experiment('pbt', 'asynchronous')}\ndurability: {self.durability}\n"
            sizes = {"population_size": self.members, "steps": 60 * self.intervals, "interval": 60}
            for key, value in sizes.items():
                text = digits.replace(text, key, str(value))
            return text
        trainer = HERE / "trainers" / ("idle.py" if self.capacity == 1 else "idle_batch.py")
        return EXPERIMENT.format(**self.__dict__, python=sys.executable, trainer=trainer)

    def seconds_per_interval(self, finished: list[float]) -> float:
        """Worker-seconds, less the first interval of each member that a process takes first: its start."""
        times = sorted(finished)[self.workers * self.capacity - 1 :]
        return self.workers * (times[-1] - times[0]) / (len(times) - 1)


DIGITS = Work(20, 30, bytes=82 << 10, task="digits")


@dataclass(frozen=True)
class Process:
    """What a process came to."""

    seconds: float
    resident: int  # bytes at the most
    written: int  # bytes handed to the system
    lines: list[str]


def run(command: list[str], environment: dict[str, str] | None = None, folder: Path | None = None) -> Process:
    """Run a program, here or in another folder, look at it while it runs, and fail where it does."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=output, stderr=subprocess.STDOUT
        )
        resident = written = 0
        while process.poll() is None:
            try:
                status = Path(f"/proc/{process.pid}/status").read_text()
                resident = int(status.split("VmHWM:")[1].split()[0]) * 1024
                # By thread, for what its children wrote is added to the process when they end.
                threads = [path.read_text() for path in Path(f"/proc/{process.pid}/task").glob("*/io")]
                written = max(written, sum(int(text.split()[3]) for text in threads))
            except (OSError, IndexError):
                pass  # something has ended between two looks
            time.sleep(0.05)
        seconds = time.perf_counter() - start
        output.seek(0)
        text = output.read()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with status {process.returncode}\n{text[-3000:]}")
    return Process(seconds, resident, written, text.splitlines())


@dataclass
class Bench:
    """Where and with what is measured."""

    poptrain: str
    floor_program: str
    folder: Path
    repetitions: int
    quick: bool

    def engine(self, work: Work) -> tuple[Path, Process]:
        """Train with Poptrain; the folder of the run, and what the engine came to."""
        experiment, run_folder = self.folder / "experiment.yaml", self.folder / "run"
        remove(run_folder)
        experiment.write_text(work.experiment)
        return run_folder, run([self.poptrain, "run", str(experiment), "--run", str(run_folder)])

    def ours(self, work: Work) -> float:
        """Worker-seconds per interval of Poptrain."""
        run_folder, _ = self.engine(work)
        seconds = work.seconds_per_interval(finished(run_folder / "population.sqlite"))
        remove(run_folder)
        return seconds

    def floor(self, work: Work) -> float:
        """Worker-seconds per interval of a program that only makes the calls, into tables like Poptrain's."""
        schema = self.schema()
        checkpoints, database = self.folder / "floor", self.folder / "floor.sqlite"
        remove(checkpoints)
        checkpoints.mkdir()
        for path in self.folder.glob("floor.sqlite*"):
            path.unlink()
        connection = sqlite3.connect(database)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(schema)
        connection.close()
        durable = "1" if work.durability == "durable" else "0"
        sizes = [durable, str(work.workers), str(work.members), str(work.intervals)]
        trainer = [sys.executable, str(HERE / "trainers" / "bare.py")]
        run([self.floor_program, str(checkpoints), str(database), *sizes, *trainer], work.environment)
        seconds = work.seconds_per_interval(finished(database))
        remove(checkpoints)
        return seconds

    def schema(self) -> str:
        """The tables of a run of Poptrain."""
        kept = self.folder / "schema.sql"
        if not kept.exists():
            run_folder, _ = self.engine(Work(2, 1))
            database = sqlite3.connect(run_folder / "population.sqlite")
            query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'view'"
            kept.write_text(";\n".join(sql for (sql,) in database.execute(query)) + ";")
            database.close()
        return kept.read_text()

    def has_room(self, work: Work) -> bool:
        """Whether the disk takes the checkpoints, two for each member; it says so where it does not."""
        needed, free = 2 * work.members * work.bytes, shutil.disk_usage(self.folder).free
        if needed > free / 2:
            print(f"left out: {work} needs {needed >> 20} MB, and the disk has {free >> 20} MB")
        return needed <= free / 2


def finished(database: Path) -> list[float]:
    """When each interval was finished."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    times = [at for (at,) in connection.execute("SELECT finished_at FROM intervals")]
    connection.close()
    return times


def remove(folder: Path) -> None:
    """Remove a folder that may be read-only inside."""
    if folder.exists():
        for path in [folder, *folder.rglob("*")]:
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        shutil.rmtree(folder)


def alternate(repetitions: int, *actions: Callable[[], float]) -> list[list[float]]:
    """Repeat actions in turn, so that what disturbs the machine disturbs all of them."""
    rounds = [[action() for action in actions] for _ in range(repetitions)]
    return [list(values) for values in zip(*rounds, strict=True)]


def told(values: list[float], scale: float = 1e6, digits: int = 0) -> str:
    """The median, and in brackets the least and the most."""
    low, middle, high = (f"{scale * f(values):.{digits}f}" for f in (min, statistics.median, max))
    return middle if len(values) == 1 else f"{middle} ({low}-{high})"


def ratio(values: list[float], to: list[float]) -> str:
    """How many times the one median is the other."""
    return f"{statistics.median(values) / statistics.median(to):.2f}"


class Table:
    """A table that is printed row by row, and kept as JSON."""

    def __init__(self, name: str, title: str, columns: list[str]) -> None:
        self.name, self.columns, self.rows = name, columns, []
        print(f"\n{title}\n\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}", flush=True)

    def row(self, *cells: str, **values: object) -> None:
        """Print a row, and keep the values behind it."""
        print(f"| {' | '.join(cells)} |", flush=True)
        self.rows.append({"cells": dict(zip(self.columns, cells, strict=True)), **values})

    def save(self) -> None:
        """Write what was measured into runs/benchmarks, which git ignores."""
        folder = REPOSITORY / "runs" / "benchmarks"
        folder.mkdir(parents=True, exist_ok=True)
        report = {"machine": platform.platform(), "processors": os.cpu_count(), "rows": self.rows}
        (folder / f"{self.name}.json").write_text(json.dumps(report, indent=2) + "\n")


@contextmanager
def bench(about: str | None) -> Iterator[Bench]:
    """Read the arguments, and work in a folder of its own."""
    build = REPOSITORY / ".build"
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--poptrain", default=str(build / "release" / "poptrain"), help="the program")
    parser.add_argument("--floor", default=str(build / "floor"), help="the program of Sources/Floor")
    parser.add_argument("--repetitions", type=int, default=5, help="of which the median counts")
    parser.add_argument("--folder", help="where to work; the disk under it is what is measured")
    parser.add_argument("--quick", action="store_true", help="leave out what takes long")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        poptrain, floor = (str(Path(path).resolve()) for path in (arguments.poptrain, arguments.floor))
        yield Bench(poptrain, floor, Path(name), arguments.repetitions, arguments.quick)
