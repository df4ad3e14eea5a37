"""A run to be followed, and a tracker that is a file of JSON lines for each member."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Event
from typing import Any

from poptrain.follow.follower import Follower
from poptrain.follow.points import Point
from poptrain.follow.reading import Reader
from tests.engine import PACKAGE, PATIENCE
from tests.program import program

TRAINER = """
import os, poptrain

for interval in poptrain.intervals():
    x = float((interval.checkpoint / "x").read_text()) if interval.checkpoint else 10.0
    for step in interval.steps:
        x *= 1 - interval["rate"]
        if step % 5 == 2:
            interval.log(loss=x)
    if interval.member == 0 and interval.number == 2 and os.path.exists("gate"):
        open("gate").read()
    (interval.save_to / "x").write_text(str(x))
    interval.report(loss=x, odd=float("nan") if interval.number == 2 else 1.0)
"""
EXPERIMENT: dict[str, Any] = {
    "name": "shrink",
    "trainer": {"command": [sys.executable, "train.py"]},
    "metric": "loss",
    "mode": "min",
    "population_size": 4,
    "steps": 40,
    "interval": 10,
    "workers": 2,
    "seed": 1,
    "exploit": {"truncation": {"quantile_fraction": 0.5}},
    "hyperparameters": {"rate": {"log_uniform": [1e-4, 0.5]}, "kind": {"choice": ["a", "b"]}},
}


class Run:
    """An experiment in a folder."""

    def __init__(self, folder: Path) -> None:
        self.program = program()
        self.folder = folder
        self.path = folder / "runs" / "shrink"
        self.environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
        (folder / "train.py").write_text(TRAINER)
        (folder / "experiment.yaml").write_text(json.dumps(EXPERIMENT))

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """A command of the program."""
        return subprocess.Popen(
            [str(self.program), *map(str, arguments)],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def train(self, *arguments: object) -> None:
        process = self.start("run", "experiment.yaml", *arguments)
        output = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, output

    def follow(self, tracker: Lines) -> Follower:
        """Follows to the end."""
        follower = Follower(Reader(self.program, str(self.path)), tracker)
        assert follower.follow(Event())
        assert tracker.finished
        return follower

    def intervals(self) -> list[dict[str, Any]]:
        return list(Reader(self.program, str(self.path)).intervals(0))


class Lines:
    """Adds a line for each point."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.finished: bool | None = None
        folder.mkdir(exist_ok=True)

    def held(self, member: int) -> int:
        return len(self.read(member))

    def send(self, points: Sequence[Point]) -> None:
        for point in points:
            with self._file(point.member).open("a") as file:
                file.write(json.dumps(asdict(point)) + "\n")

    def close(self, finished: bool) -> None:
        self.finished = finished

    def read(self, member: int) -> list[dict[str, Any]]:
        file = self._file(member)
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def everything(self) -> dict[str, str]:
        """What is in each file."""
        return {file.name: file.read_text() for file in sorted(self.folder.iterdir())}

    def _file(self, member: int) -> Path:
        return self.folder / f"{member}.jsonl"
