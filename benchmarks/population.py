"""Many members in one JAX process: how fast that is, and whether PBT is better than random search with them.

    make bench-population
    .venv-jax/bin/python benchmarks/population.py --poptrain .build/release/poptrain speed
    .venv-jax/bin/python benchmarks/population.py --poptrain .build/release/poptrain search --task breakout

`speed` trains the same population in one process that has all members at once, and in two with one at a time.
`search` trains it with Population Based Training and with random search, for several seeds, and measures on
data or in games that chose nothing: the member best by validation at the end, the checkpoint best by
validation at any time, and the median member.
"""

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median, stdev

from digits import POPTRAIN, REPOSITORY, call, python, replace, seeds


@dataclass(frozen=True)
class Task:
    """One of the examples."""

    folder: str
    members: int
    seeds: range
    form: str  # of a measured value

    def experiment(self, folder: Path, capacity: int, workers: int, seed: int) -> Path:
        """Its experiment file, changed, and to run from elsewhere."""
        text = (self.path / "experiment.yaml").read_text()
        command = [sys.executable, str(self.path / "train.py"), str(capacity)]
        text = replace(text, "  command", json.dumps(command))
        text = replace(replace(text, "workers", str(workers)), "seed", str(seed))
        file = folder / f"{self.folder}-{capacity}.yaml"
        file.write_text(text)
        return file

    @property
    def path(self) -> Path:
        """Where the example is."""
        return REPOSITORY / "examples" / self.folder


TASKS = {
    "digits": Task("jax-digits", members=20, seeds=seeds("210-219"), form=".4f"),
    "breakout": Task("jax-breakout", members=16, seeds=seeds("406-411"), form=".2f"),
}


def main() -> None:
    """Measure what was asked for; print tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--poptrain", default=POPTRAIN, metavar="PROGRAM")
    parser.add_argument("--task", choices=TASKS, action="append", help="by default both")
    parser.add_argument("--seeds", type=seeds, metavar="FIRST-LAST", help="of the search, instead of its own")
    parser.add_argument("measurement", nargs="*", default=["speed", "search"], metavar="speed|search")
    arguments = parser.parse_args()
    poptrain = shutil.which(arguments.poptrain)
    if poptrain is None:
        parser.error(f"there is no program {arguments.poptrain}: run `make build`, or give --poptrain")

    python(TASKS["digits"].path / "prepare.py")  # so that no run is timed with it
    for name in arguments.task or TASKS:
        task = TASKS[name]
        with tempfile.TemporaryDirectory() as folder:
            if "speed" in arguments.measurement:
                print(speed(poptrain, task, Path(folder)), flush=True)
            if "search" in arguments.measurement:
                print(search(poptrain, task, arguments.seeds or task.seeds, Path(folder)), flush=True)


def speed(poptrain: str, task: Task, folder: Path) -> str:
    """A row for one process with all members, and for two with one each at a time; medians of three runs."""
    rows = [
        ["", "member-steps/s, all in", "once compiled", "until compiled, s", "all in, s", "CPU, s"],
        ["---", *["---:"] * 5],
    ]
    for title, capacity, workers in (("one process", task.members, 1), ("two processes", 1, 2)):
        experiment = task.experiment(folder, capacity, workers, seed=0)
        runs = [timed(poptrain, experiment, folder / f"{capacity}-{number}") for number in range(3)]
        rows.append(
            [
                f"{title}, {capacity} at once",
                *(f"{median(values):,.1f}" for values in zip(*runs, strict=True)),
            ]
        )
    return table(f"{task.folder}: {task.members} members", rows)


def timed(poptrain: str, experiment: Path, run: Path) -> tuple[float, ...]:
    """The figures of one row."""
    cpu, start = cpu_seconds(), time.time()
    call(poptrain, "run", experiment, "--run", run)
    seconds, cpu = time.time() - start, cpu_seconds() - cpu

    rows = [json.loads(line) for line in call(poptrain, "export", run, "--format", "jsonl").splitlines()]
    first: dict[str, float] = {}  # end of an interval of each worker
    for row in rows:
        first[row["worker"]] = min(
            row["finished_at_seconds"], first.get(row["worker"], row["finished_at_seconds"])
        )
    compiled, end = max(first.values()), max(row["finished_at_seconds"] for row in rows)
    after = sum(row["steps"] for row in rows if row["started_at_seconds"] >= compiled)
    steps = sum(row["steps"] for row in rows)
    return steps / seconds, after / (end - compiled), compiled - start, seconds, cpu


def cpu_seconds() -> float:
    """What all processes that have been called have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def search(poptrain: str, task: Task, seeds: Iterable[int], folder: Path) -> str:
    """A table for each way to choose a member, with a row for each seed."""
    seeds = list(seeds)
    experiment = task.experiment(folder, task.members, 1, seeds[0])
    call(poptrain, "compare", experiment, "--seeds", len(seeds), "--run", folder / "runs")
    pbt = [measured(poptrain, task, folder / f"runs/baseline-seed{seed}") for seed in seeds]
    control = [measured(poptrain, task, folder / f"runs/random_search-seed{seed}") for seed in seeds]
    return "\n".join(
        comparison(
            f"{task.folder}, {way}",
            task.form,
            seeds,
            [run[way] for run in pbt],
            [run[way] for run in control],
        )
        for way in ("best at the end", "best checkpoint ever", "median member")
    )


def measured(poptrain: str, task: Task, run: Path) -> dict[str, float]:
    """What the example's evaluate.py says of the members that are chosen by validation, and of the median."""
    status = json.loads(call(poptrain, "status", run, "--json"))
    members = [member for member in status["members"] if member["score"] is not None]
    members.sort(key=lambda member: member["score"], reverse=True)
    checkpoints = [status["best"]["checkpoint"], *(member["checkpoint"] for member in members)]
    lines = python(task.path / "evaluate.py", *checkpoints).splitlines()
    ever, *population = (float(line.split()[-1]) for line in lines)
    return {
        "best at the end": population[0],
        "best checkpoint ever": ever,
        "median member": median(population),
    }


def comparison(title: str, form: str, seeds: list[int], pbt: list[float], control: list[float]) -> str:
    """A row for each seed, and what it comes to."""
    columns = [pbt, control, [a - b for a, b in zip(pbt, control, strict=True)]]
    rows = [["seed", "PBT", "random search", "difference"], ["---:"] * 4]
    rows += [
        [str(seed), *written(row, form)] for seed, row in zip(seeds, zip(*columns, strict=True), strict=True)
    ]
    rows.append(["mean", *written(map(mean, columns), form)])
    if len(seeds) > 1:
        rows.append(["± sd", *written(map(stdev, columns), form)])
    wins, ties = sum(d > 0 for d in columns[2]), sum(d == 0 for d in columns[2])
    verdict = (
        f"{title}: of {len(seeds)} seeds, PBT is better than random search in {wins}, equal in {ties}; "
        f"on average by {mean(columns[2]):+{form}}."
    )
    return table(verdict, rows)


def written(values: Iterable[float], form: str) -> list[str]:
    """As they stand in a table."""
    return [format(value, form) for value in values]


def table(title: str, rows: list[list[str]]) -> str:
    """In Markdown."""
    return "\n".join([title, "", *(f"| {' | '.join(row)} |" for row in rows), ""])


if __name__ == "__main__":
    main()
