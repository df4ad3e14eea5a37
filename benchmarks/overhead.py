"""What the engine costs per interval: 16 members of 50 intervals with an idle trainer, 2 workers.

Beside it stands what cannot be avoided, measured by bare Python in the same run on the same disk: the round
trip over a socket to the same trainer, the calls on files, and the commit of the same rows.

    python3 benchmarks/overhead.py --poptrain .build/release/poptrain
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

MEMBERS, INTERVALS, WORKERS = 16, 50, 2

TRAINER = """\
import poptrain

for interval in poptrain.intervals():
    interval["x"]
    (interval.save_to / "model").write_bytes(b"x" * 1024)
    interval.report(score=interval.member)
"""

EXPERIMENT = """\
name: nothing
trainer:
  command: [{python}, train.py]
metric: score
mode: max
population_size: {members}
steps: {intervals}
interval: 1
workers: {workers}
durability: {durability}
hyperparameters:
  x: {{uniform: [0, 1]}}
"""


def seconds_per_interval(poptrain: str, folder: Path, durability: str) -> float:
    """Worker-seconds per interval: wall-clock from the first interval to the last, times the workers."""
    (folder / "train.py").write_text(TRAINER)
    text = EXPERIMENT.format(
        python=sys.executable, members=MEMBERS, intervals=INTERVALS, workers=WORKERS, durability=durability
    )
    (folder / "experiment.yaml").write_text(text)
    run = folder / "run"
    shutil.rmtree(run, ignore_errors=True)
    command = [poptrain, "run", str(folder / "experiment.yaml"), "--run", str(run)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    database = sqlite3.connect(f"file:{run}/population.sqlite?mode=ro", uri=True)
    # The first interval of each worker has the start of its trainer in it.
    row = database.execute("SELECT finished_at FROM intervals ORDER BY sequence").fetchall()
    times = [finished for (finished,) in row[WORKERS:]]
    return WORKERS * (times[-1] - times[0]) / (len(times) - 1)


def median_seconds(action: Callable[[int], None], count: int = 300) -> float:
    """The median time of an action, which is told how often it was done before."""
    times = []
    for i in range(count):
        start = time.perf_counter()
        action(i)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def socket_round_trip(folder: Path) -> float:
    """Asks the same trainer over the same socket for an interval, and waits for its answer."""
    path = str(folder / "socket")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    environment = {**os.environ, "POPTRAIN_SOCKET": path}
    process = subprocess.Popen([sys.executable, str(folder / "train.py")], env=environment)
    connection, _ = listener.accept()
    lines = connection.makefile("rb")
    lines.readline()
    save_to = folder / "saved"
    save_to.mkdir(exist_ok=True)

    def ask(i: int) -> None:
        interval = {
            "id": f"3-{i}-0123456789abcdef0123456789abcdef",
            "member": 3,
            "number": i,
            "kind": "train",
            "start": i,
            "stop": i + 1,
            "total_steps": INTERVALS,
            "seed": 913402,
            "hyperparameters": {"x": 0.123456789},
            "checkpoint": None,
            "save_to": str(save_to),
            "warm": False,
        }
        connection.sendall(json.dumps({"type": "train", "intervals": [interval]}).encode() + b"\n")
        lines.readline()

    seconds = median_seconds(ask)
    connection.shutdown(socket.SHUT_RDWR)
    process.wait()
    listener.close()
    os.unlink(path)
    return seconds


def flush(path: Path) -> None:
    """Flushes a file or a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def file_calls(folder: Path, durable: bool) -> float:
    """Makes a folder, publishes what was saved in it with its manifest, and removes the one before."""
    root = folder / "files"
    (root / "incoming").mkdir(parents=True, exist_ok=True)

    def publish(i: int) -> None:
        new = root / "incoming" / f"{i}"
        new.mkdir()
        (new / "model").write_bytes(b"x" * 1024)
        (new / "manifest").write_bytes(b"x" * 120)
        if durable:
            for path in (new / "model", new / "manifest", new):
                flush(path)
        new.rename(root / f"{i}")
        if durable:
            flush(root)
        if i > 0:
            old = root / f"{i - 1}"
            (old / "model").unlink()
            (old / "manifest").unlink()
            old.rmdir()

    return median_seconds(publish)


def commit(folder: Path, durable: bool) -> float:
    """Commits rows of the size that an interval has."""
    database = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
    for table in ("intervals", "decisions", "collections", "members", "leases"):
        database.execute(f"CREATE TABLE IF NOT EXISTS {table} (id INTEGER PRIMARY KEY, content TEXT)")
    offset = database.execute("SELECT coalesce(max(id), 0) FROM intervals").fetchone()[0]

    def record(i: int) -> None:
        database.execute("BEGIN IMMEDIATE")
        for table, size in (("intervals", 400), ("decisions", 200), ("collections", 40), ("leases", 100)):
            database.execute(f"INSERT INTO {table} VALUES (?, ?)", (offset + i + 1, "x" * size))
        for member in range(2):
            database.execute("INSERT OR REPLACE INTO members VALUES (?, ?)", (member, "x" * 150))
        database.execute("DELETE FROM leases WHERE id = ?", (offset + i,))
        database.execute("COMMIT")

    return median_seconds(record)


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--poptrain", default=".build/release/poptrain", help="the program")
    parser.add_argument(
        "--repetitions", type=int, default=5, help="runs of each mode, of which the median counts"
    )
    parser.add_argument("--folder", help="where to work; the disk under it is what is measured")
    arguments = parser.parse_args()
    poptrain = str(Path(arguments.poptrain).resolve())

    print(f"{MEMBERS} members x {INTERVALS} intervals, {WORKERS} workers; microseconds per interval\n")
    print("| durability | engine, all in | socket and trainer | files | commit | rest | all in / floor |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        for durability in ("durable", "process"):
            durable = durability == "durable"
            runs = [seconds_per_interval(poptrain, folder, durability) for _ in range(arguments.repetitions)]
            whole = statistics.median(runs)
            parts = [socket_round_trip(folder), file_calls(folder, durable), commit(folder, durable)]
            shutil.rmtree(folder / "files")
            cells = [*(1e6 * part for part in [whole, *parts, whole - sum(parts)])]
            print(
                f"| {durability} | "
                + " | ".join(f"{cell:.0f}" for cell in cells)
                + f" | {whole / sum(parts):.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
