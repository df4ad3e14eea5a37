"""A run to be followed, what every tracker is to hold of it, and a follower that is killed repeatedly."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from population import PATIENCE, Population, environment, program

TRAINER = """
import os, poptrain

for interval in poptrain.intervals():
    if interval.number == 2 and os.path.exists("gate"):
        open("gate").read()
    x = float((interval.checkpoint / "x").read_text()) if interval.checkpoint else 10.0
    for step in interval.steps:
        x *= 1 - interval["learning_rate"]
        if step % 10 == 5:
            interval.log({"loss": x * x})
    (interval.save_to / "x").write_text(str(x))
    odd = [float("nan"), float("inf"), float("-inf"), 1.0][interval.number % 4]
    interval.report({"loss": x * x, "odd@end": odd})
"""
HYPERPARAMETERS = {
    "learning_rate": {"log_uniform": [1e-4, 0.5]},
    "flavour": {"choice": ["plain", "new"]},
    "width": {"integer": [1, 9]},
}
# Follows as `poptrain follow` does, but is killed after some points, which reach the tracker one at a time.
KILLED = """
import os, signal, sys
from poptrain.follow import command, follower

points = int(sys.argv.pop(1))
make = command._tracker

class Killed:
    def __init__(self, tracker):
        self.tracker, self.left = tracker, points
        self.held, self.close = tracker.held, tracker.close

    def send(self, points):
        for point in points:
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            self.tracker.send([point])
            self.left -= 1

command._tracker = lambda *arguments: Killed(make(*arguments))
command.main()
"""

Curves = dict[tuple[int, str], list[tuple[int, Any]]]
"""By member and name: steps and values, in the order in which they were written."""


def new_run(folder: Path) -> Population:
    """An experiment that makes copies."""
    return Population(folder, TRAINER, metric="loss", mode="min", hyperparameters=HYPERPARAMETERS)


def expected(run: Population) -> Curves:
    """What every tracker is to hold, apart from what `adapted` says."""
    curves: Curves = defaultdict(list)
    for line in run.poptrain("export", "runs/run", "--format", "jsonl").text.splitlines():
        row = json.loads(line)
        start, end = row["start_steps"], row["start_steps"] + row["steps"]

        def add(name: str, steps: int, value: Any, member: int = row["member"]) -> None:
            curves[member, name].append((steps, value))

        if row["copy"]:
            add("copies/donor", start, float(row["copy"]["donor"]))
        for evaluation in row["evaluations"]:
            steps = start + evaluation["age"] - row["start_age"]
            add("metrics/loss", steps, evaluation["metrics"]["loss"])
        for name, value in row["metrics"].items():
            add(f"metrics/{name}", end, float(value))
        for name, value in row["hyperparameters"].items():
            add(f"hyperparameters/{name}", end, value if isinstance(value, str) else float(value))
        add("score", end, row["score"])
        add("age", end, float(row["end_age"]))
    assert any(name == "copies/donor" for _, name in curves)
    return curves


def adapted(curves: Curves, adapt: Callable[[Any], Any]) -> Curves:
    """The same with other values."""
    return {key: [(steps, adapt(value)) for steps, value in curve] for key, curve in curves.items()}


def comparable(curves: Curves) -> Curves:
    """The same where a NaN is like another."""
    return adapted(curves, lambda value: "NaN" if value != value else value)


def follow(run: Population, *tracker: str) -> str:
    """Follows to the end, and returns what was printed."""
    followed = run.poptrain("follow", "runs/run", *tracker)
    assert followed.status == 0, followed.text
    return followed.text


def follow_killed(run: Population, *tracker: str) -> None:
    """Follows, is killed after 5 points, then after 10 more and so on, until nothing is new."""
    for attempt in range(10):
        points = str(5 * 2**attempt)
        ended = subprocess.run(
            [sys.executable, "-c", KILLED, points, "--program", program(), "runs/run", *tracker],
            cwd=run.folder, env=environment(), timeout=PATIENCE, capture_output=True, text=True,
        )  # fmt: skip
        if ended.returncode == 0:
            return
        assert ended.returncode == -signal.SIGKILL, ended.stderr
    raise AssertionError("it gets nowhere")
