"""The program as it is built here, for tests that train a real population."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.engine import PACKAGE, PATIENCE

PROGRAMS = [PACKAGE.parent / ".build" / kind / "poptrain" for kind in ("debug", "release")]
BUILT = [path for path in PROGRAMS if path.exists()]
needs_program = pytest.mark.skipif(
    not BUILT, reason="the program is not built: swift build --product poptrain"
)


def program() -> Path:
    """The one that was built last; a test that needs it is skipped where there is none."""
    if not BUILT:
        pytest.skip("the program is not built: swift build --product poptrain")
    return max(BUILT, key=lambda path: path.stat().st_mtime)


def environment() -> dict[str, str]:
    """What the program needs to start a trainer with this client."""
    return os.environ | {"PYTHONPATH": str(PACKAGE)}


class Experiment:
    """An experiment in a folder of its own."""

    def __init__(self, folder: Path, trainer: str, /, **keys: Any) -> None:
        self.folder = folder
        self.run_folder = folder / "runs" / "test"
        (folder / "train.py").write_text(trainer)
        experiment: Mapping[str, Any] = {
            "name": "test",
            "trainer": {"command": [sys.executable, "train.py"]},
            "metric": "error",
            "mode": "min",
            "population_size": 4,
            "steps": 60,
            "interval": 20,
            "workers": 2,
            "seed": 1,
            "order": "synchronous",
            "exploit": {"truncation": {"quantile_fraction": 0.5}},
            "durability": "process",
            **keys,
        }
        (folder / "experiment.yaml").write_text(json.dumps(experiment))  # every JSON is YAML

    def start(self) -> subprocess.Popen[str]:
        """Starts `poptrain run`."""
        return subprocess.Popen(
            [program(), "run", "experiment.yaml"],
            cwd=self.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def train(self, status: int = 0) -> None:
        """Runs it to its end."""
        with self.start() as running:
            output, _ = running.communicate(timeout=PATIENCE)
        assert running.returncode == status, output

    def print(self, *arguments: str) -> str:
        """What a command prints."""
        return self._output(arguments[0], "runs/test", *arguments[1:])

    def check(self) -> list[dict[str, Any]]:
        """What `poptrain check` finds."""
        lines = self._output("check", "experiment.yaml", "--json").splitlines()
        return [json.loads(line) for line in lines]

    def ask(self, *arguments: str) -> Any:
        """What a command prints, as JSON: an object, or a list of them for several lines."""
        lines = self.print(*arguments).splitlines()
        return [json.loads(line) for line in lines] if "jsonl" in arguments else json.loads(lines[0])

    def _output(self, *arguments: str) -> str:
        answer = subprocess.run(
            [program(), *arguments],
            cwd=self.folder,
            env=environment(),
            check=False,
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE,
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr
        return answer.stdout
