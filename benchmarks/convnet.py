"""One conv net tuned by Poptrain and by Ray Tune: lines to write, wall-clock time, lines printed.

Needs an environment with torch, scikit-learn, the client, `ray[tune]` and the program on PATH:

    .venv-peers/bin/python benchmarks/convnet.py

What both share is in convnet/net.py. How many intervals were trained is counted there too, since a copy in
Ray takes the donor's count of steps over, so that the totals differ a little.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent / "convnet"
COUNT = """
trained = accuracy


def accuracy(model):
    with open("COUNT", "a") as file:
        file.write(".")
    return trained(model)
"""
REUSE = "num_samples=8, reuse_actors=True, "
QUIET = 'stop={"step": 200}, verbose=0'


@dataclass(frozen=True)
class Measured:
    """One run."""

    seconds: float
    lines: int
    intervals: int


def lines(*files: str) -> int:
    """How many lines there are to write, without those that are blank or say what the rest does."""
    return sum(
        bool(line.strip()) and '"""' not in line
        for file in files
        for line in (SCRIPTS / file).read_text().splitlines()
    )


def run(*command: str, **changes: str) -> Measured:
    """Runs a command in a fresh copy of the scripts; `changes` replace text in ray_tune.py."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "convnet"
        shutil.copytree(SCRIPTS, folder)
        (folder / "ray_tune.py").write_text(changed((folder / "ray_tune.py").read_text(), changes))
        counted = (folder / "net.py").read_text() + COUNT.replace("COUNT", f"{name}/count")
        (folder / "net.py").write_text(counted)
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "HOME": name, "PYTHONPATH": str(folder)}
        # Without these, Ray asks the network, and its trainers stand behind all other work.
        environment |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}
        start = time.perf_counter()
        ended = subprocess.run(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        seconds = time.perf_counter() - start
        if ended.returncode != 0:
            raise SystemExit(ended.stdout)
        intervals = (Path(name) / "count").stat().st_size
        print(f"{' '.join(command)}: {seconds:.1f} s", file=sys.stderr, flush=True)
        return Measured(seconds, len(ended.stdout.splitlines()), intervals)


def changed(text: str, changes: dict[str, str]) -> str:
    """The text with other settings."""
    for setting, replacement in changes.items():
        old = {"reuse": "num_samples=8, ", "quiet": 'stop={"step": 200}'}[setting]
        assert text.count(old) == 1
        text = text.replace(old, replacement)
    return text


def main() -> None:
    """Run each in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=3, help="of which the median counts")
    repetitions = parser.parse_args().repetitions
    of_poptrain, of_ray = lines("train.py", "experiment.yaml"), lines("ray_tune.py")
    systems = {
        "Poptrain": (of_poptrain, lambda: run("poptrain", "run", "experiment.yaml")),
        "Ray Tune": (of_ray, lambda: run(sys.executable, "ray_tune.py")),
        "the same, `reuse_actors=True`, `verbose=0`": (
            of_ray,
            lambda: run(sys.executable, "ray_tune.py", reuse=REUSE, quiet=QUIET),
        ),
    }
    rounds = [{name: trained() for name, (_, trained) in systems.items()} for _ in range(repetitions)]
    print(f"Shared: {lines('net.py')} lines. Median (least-most) of {repetitions}.\n")
    print("| | lines to write | wall-clock time | lines printed | intervals |\n|---|---|---|---|---|")
    for name, (written, _) in systems.items():
        every = [each[name] for each in rounds]
        seconds = sorted(each.seconds for each in every)
        printed = statistics.median(each.lines for each in every)
        intervals = "-".join(str(bound(each.intervals for each in every)) for bound in (min, max))
        told = f"{statistics.median(seconds):.1f} s ({seconds[0]:.1f}-{seconds[-1]:.1f})"
        print(f"| {name} | {written} | {told} | {printed:.0f} | {intervals} |", flush=True)


if __name__ == "__main__":
    main()
