"""Trains populations with the program, in a folder of a test."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
PAGE = (REPOSITORY / "docs" / "frameworks.md").read_text()
PROGRAMS = [REPOSITORY / ".build" / kind / "poptrain" for kind in ("release", "debug")]
PATIENCE = 600


def script(heading: str) -> str:
    """The script under a heading of docs/frameworks.md."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    block = re.search(r"^```python\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert block is not None, heading
    return block[1]


@dataclass
class Output:
    """What a command has printed, and its exit status."""

    status: int
    text: str

    def line(self, of: str) -> str:
        """What a check of that name says, with the lines that belong to it."""
        found = re.search(rf"^\S+ +{of}: .*(\n  .*)*", self.text, re.MULTILINE)
        assert found is not None, self.text
        return found[0]


class Population:
    """An experiment in a folder."""

    def __init__(self, folder: Path, script: str, recorded: str | None = None, **experiment: Any) -> None:
        self.folder = folder
        before = f"import recorder\n\nrecorder.{recorded}()\n" if recorded else ""
        (folder / "trainer.py").write_text(before + script)
        self.experiment = {
            "name": "run",
            "trainer": {"command": [interpreter(recorded or "json"), "trainer.py"]},
            "population_size": 4,
            "steps": 120,
            "interval": 30,
            "workers": 2,
            "seed": 1,
            "order": "synchronous",
            "exploit": {"truncation": {"quantile_fraction": 0.5}},
            **experiment,
        }
        (folder / "experiment.yaml").write_text(json.dumps(self.experiment))

    def check(self) -> Output:
        """`poptrain check`."""
        return self.poptrain("check", "experiment.yaml")

    def run(self, *arguments: str) -> Output:
        """`poptrain run`."""
        return self.poptrain("run", "experiment.yaml", *arguments)

    def recorded(self) -> list[dict[str, Any]]:
        """Every interval, with the learning rate of each step; then it is forgotten."""
        file = self.folder / "rates.jsonl"
        records = [json.loads(line) for line in file.read_text().splitlines()]
        file.unlink()
        return records

    def poptrain(self, *arguments: str) -> Output:
        """A command of the program."""
        finished = subprocess.run(
            [program(), *arguments],
            cwd=self.folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=PATIENCE, check=False,
        )  # fmt: skip
        return Output(finished.returncode, finished.stdout)


def interpreter(module: str) -> str:
    """The Python that has a module: this one, or Debian's."""
    return sys.executable if importlib.util.find_spec(module) else "/usr/bin/python3"


def program() -> Path:
    """The program that was built last."""
    built = [path for path in PROGRAMS if path.exists()]
    return Path(os.environ.get("POPTRAIN") or max(built, key=lambda path: path.stat().st_mtime))


def environment() -> dict[str, str]:
    """What a command is run with."""
    environment = {"KERAS_BACKEND": "jax", **os.environ, "PYTHONPATH": f"{HERE}:{HERE.parent}"}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    for rank in ("RANK", "WORLD_SIZE", "LOCAL_RANK"):  # Lightning, for one, sets them here
        environment.pop(rank, None)
    return environment
