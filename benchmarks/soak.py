"""A run of very many intervals: does anything grow with history?

Two workers train 16 members whose trainer does nothing. After every tenth of the run: intervals per second
in it, the memory and descriptors of the engine, the memory of a trainer, the size of the database, and how
long the commands that read a run take meanwhile. At its end: how long it takes to audit it, and to start it
again.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from measure import REPOSITORY, Work

MEMBERS = 16
READING = ("status", "best")


def main() -> None:
    """Run, and print a row for each tenth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--poptrain", default=REPOSITORY / ".build/release/poptrain", type=Path)
    parser.add_argument("--intervals", default=1_000_000, type=int)
    parser.add_argument("--durability", default="process", choices=["process", "durable"])
    arguments = parser.parse_args()
    poptrain = str(arguments.poptrain.resolve())

    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        run, experiment = folder / "run", folder / "experiment.yaml"
        work = Work(MEMBERS, arguments.intervals // MEMBERS, durability=arguments.durability)
        experiment.write_text(work.experiment)
        command = [poptrain, "run", str(experiment), "--run", str(run)]
        rows = list(tenths(command, poptrain, run, arguments.intervals))
        ending = {name: seconds([poptrain, name, str(run)]) for name in ("audit", "status", "best")}
        ending["started again"] = seconds(command)

    print("at the end, seconds: " + ", ".join(f"{name} {value:.2f}" for name, value in ending.items()))
    results = REPOSITORY / "runs" / "benchmarks"
    results.mkdir(parents=True, exist_ok=True)
    (results / "soak.json").write_text(json.dumps({"tenths": rows, "end": ending}, indent=1))


def tenths(command: list[str], poptrain: str, run: Path, intervals: int):
    """Train, and look at the run after each tenth of it."""
    print(
        "intervals  per second  engine MB  descriptors  trainer MB  bytes/interval  WAL MB  "
        + "  ".join(READING)
    )
    engine = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert engine.stdout
    done, start = 0, time.perf_counter()
    try:
        for line in engine.stdout:
            if not re.match(r"member +\d+ +interval ", line):
                continue
            done += 1
            if done % (intervals // 10):
                continue
            now = time.perf_counter()
            database = run / "population.sqlite"
            wal = Path(f"{database}-wal")
            row = {
                "intervals": done,
                "per second": intervals // 10 / (now - start),
                "engine MB": resident(engine.pid),
                "descriptors": len(os.listdir(f"/proc/{engine.pid}/fd")),
                "trainer MB": max(map(resident, children(engine.pid)), default=0),
                "bytes/interval": database.stat().st_size / done,
                "WAL MB": wal.stat().st_size / 1e6 if wal.exists() else 0,
                **{name: seconds([poptrain, name, str(run)]) for name in READING},
            }
            print(
                "  ".join(
                    f"{value:.3f}" if isinstance(value, float) else str(value) for value in row.values()
                ),
                flush=True,
            )
            yield row
            start = time.perf_counter()
    except BaseException:
        engine.terminate()
        raise
    if engine.wait() != 0:
        raise SystemExit(f"the engine ended with status {engine.returncode}")


def resident(process: int) -> float:
    """The memory of a process, in MB."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) * 1024 / 1e6 if found else 0


def children(process: int) -> list[int]:
    """The processes that a process has started."""
    threads = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]


def seconds(command: list[str]) -> float:
    """The median of three times that a command takes."""

    def once() -> float:
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - start

    return statistics.median(once() for _ in range(3))


if __name__ == "__main__":
    main()
