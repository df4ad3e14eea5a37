"""How long a process that joins a long run takes until it trains, and how many files the run has.

    python3 benchmarks/joining.py                      after 100,000 intervals
    python3 benchmarks/joining.py --intervals 5000     sooner
    python3 benchmarks/joining.py --folder /mnt/nfs    on another disk

One process with four workers trains a hundred members whose trainer does nothing, and is stopped. Then others
join: the first on a machine that has no copy of history, the second on one that has.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from measure import REPOSITORY, Work


def main() -> None:
    """Trains, joins, and prints the measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--poptrain", type=os.path.abspath, default=REPOSITORY / ".build/release/poptrain")
    parser.add_argument(
        "--folder", type=Path, default=None, help="where the run is; default: a temporary folder"
    )
    parser.add_argument("--intervals", type=int, default=100_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        work = Work(members=100, intervals=arguments.intervals, durability="process", workers=4)
        (folder / "experiment.yaml").write_text(work.experiment)
        begin = [arguments.poptrain, "run", "experiment.yaml", "--shared", "--run", "run"]
        start = time.monotonic()
        train(begin, folder, "first", arguments.intervals)
        print(f"{arguments.intervals} intervals in {time.monotonic() - start:.0f} s")
        entries = [path for path in (folder / "run/log").rglob("0*") if path.is_file()]
        size = sum(path.stat().st_size for path in entries)
        print(f"log: {len(entries)} files, {size / 1e9:.2f} GB")
        join = [arguments.poptrain, "worker", "run", "--workers", "1"]
        for kind in ("without a copy of history", "with one"):
            start = time.monotonic()
            memory = train(join, folder, "second", 1)
            print(f"joined {kind}: first interval after {time.monotonic() - start:.2f} s, {memory:.0f} MB")


def train(command: list[str], folder: Path, cache: str, intervals: int) -> float:
    """Trains so many intervals, and then stops; the most memory that it took, in MB."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / cache)}
    with subprocess.Popen(
        [*command, "--json"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        events = (json.loads(line)["event"] for line in process.stdout)
        for _ in range(intervals):
            next(event for event in events if event == "interval")
        status = Path(f"/proc/{process.pid}/status").read_text()
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
    assert process.returncode == 75, f"it ended with {process.returncode}"
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    main()
