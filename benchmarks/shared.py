"""Many workers that share a run through its folder: how long they wait for it, and what the log takes.

    python3 benchmarks/shared.py                      100 workers, intervals of 10 s
    python3 benchmarks/shared.py --quick              20 workers, intervals of 1 s
    python3 benchmarks/shared.py --folder /mnt/nfs    on another disk

Trainers only sleep. The processes start over one interval, as on a cluster.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

EXPERIMENT = """\
name: shared
trainer:
  command: [sh, -c, "sleep {seconds}; echo $0 > $1/x; echo score: 0.$0", "{{seed}}", "{{save}}", "{{x}}"]
metric: score
mode: max
population_size: {members}
steps: {intervals}
interval: 1
order: {{asynchronous: {{younger_donors: true}}}}   # no worker waits for a member
workers: {workers}
hyperparameters:
  x: {{uniform: [0, 1]}}
"""


def main() -> None:
    """Trains, and prints the measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--poptrain", type=os.path.abspath, default=Path(__file__).parent.parent / ".build/release/poptrain"
    )
    parser.add_argument(
        "--folder", type=Path, default=None, help="where the run is; default: a temporary folder"
    )
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    processes, workers, seconds, intervals = (5, 4, 1, 10) if arguments.quick else (25, 4, 10, 8)
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        (folder / "experiment.yaml").write_text(
            EXPERIMENT.format(
                seconds=seconds, members=processes * workers, intervals=intervals, workers=workers
            )
        )
        environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
        command = [arguments.poptrain, "run", "experiment.yaml", "--shared", "--run", "run", "--json"]
        silent = {"cwd": folder, "env": environment, "stdout": subprocess.DEVNULL}
        running: list[subprocess.Popen[bytes]] = []
        try:
            for _ in range(processes):
                running.append(subprocess.Popen(command, **silent))
                time.sleep(seconds / processes)
            statuses = [process.wait() for process in running]
        finally:
            for process in running:
                process.terminate()
                process.wait()
        if any(statuses):
            sys.exit("a process has failed")
        report(arguments.poptrain, folder, environment, processes * workers)


def report(poptrain: str, folder: Path, environment: dict[str, str], workers: int) -> None:
    """Prints the measures of a run that has ended."""
    start = time.monotonic()
    export = subprocess.run(
        [poptrain, "export", "run", "--format", "jsonl"],
        cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    read = time.monotonic() - start
    spans = defaultdict(list)
    for row in map(json.loads, export.stdout.splitlines()):
        spans[row["worker"]].append((row["started_at_seconds"], row["finished_at_seconds"]))
    gaps, idle = [], []
    for of_worker in map(sorted, spans.values()):
        between = [b[0] - a[1] for a, b in itertools.pairwise(of_worker)]
        gaps += between
        if between:
            idle.append(sum(between) / (of_worker[-1][1] - of_worker[0][0]))
    entries = [path for path in (folder / "run/log").rglob("0*") if path.is_file()]
    count = sum(map(len, spans.values()))
    gaps.sort()
    print(f"{workers} workers, {count} intervals, {len(entries)} entries")
    print(f"idle: {statistics.mean(idle):.2%} of a worker's time")
    print(
        f"between two intervals: median {1000 * statistics.median(gaps):.0f} ms, "
        f"99 of 100 below {1000 * gaps[len(gaps) * 99 // 100]:.0f} ms"
    )
    print(f"log: {sum(path.stat().st_size for path in entries) / count / 1000:.1f} KB per interval")
    print(f"first reading of it all: {read:.2f} s")


if __name__ == "__main__":
    main()
