"""The scripts of docs/schedules.md, which need no client.

That they fit what Poptrain exports is tested with Poptrain.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine import PACKAGE

PAGE = (PACKAGE.parent / "docs" / "schedules.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
STAND_INS = PACKAGE / "tests" / "stand_ins" / "without_torch"

STRETCHES = [(0, 3, 0.1), (3, 4, 0.30000000000000004), (4, 9, 1e-17)]
RATES = [rate for start, stop, rate in STRETCHES for _ in range(start, stop)]

# Says before each step which learning rate is in force.
TELLING = """
import torch
untold = torch.optim.SGD.step
def told(optimizer, *arguments):
    print("rate", repr(optimizer.param_groups[0]["lr"]))
    return untold(optimizer, *arguments)
torch.optim.SGD.step = told
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a schedule in both formats."""
    stretches = [
        {
            "start": start,
            "stop": stop,
            "member": 1,
            "score": None,
            "hyperparameters": {"name": "a, b", "learning_rate": rate},
        }
        for start, stop, rate in STRETCHES
    ]
    (tmp_path / "schedule.json").write_text(json.dumps({"steps": len(RATES), "schedule": stretches}))
    with (tmp_path / "schedule.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["start", "stop", "member", "score", "name", "learning_rate"])
        for start, stop, rate in STRETCHES:
            writer.writerow([start, stop, 1, "", "a, b", rate])
    return tmp_path


def run(script: str, folder: Path) -> list[str]:
    """What a script prints."""
    path = [] if importlib.util.find_spec("torch") else [str(STAND_INS)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path)}
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return answer.stdout.splitlines()


def test_every_script_on_the_page_is_run_here() -> None:
    assert len(BLOCKS) == 3


@pytest.mark.parametrize("script", BLOCKS[:2], ids=["json", "csv"])
def test_a_script_trains_under_the_schedule(folder: Path, script: str) -> None:
    noise = random.Random(0)
    x = [10.0] * 100
    for rate in RATES:
        x = [v - rate * (2 * v + noise.gauss(0, 1)) for v in x]
    assert run(script, folder) == [f"error {sum(v * v for v in x) / len(x)}"]


def test_pytorch_has_the_very_rates(folder: Path) -> None:
    printed = run(TELLING + BLOCKS[0] + BLOCKS[2], folder)
    assert printed[1:] == [f"rate {rate!r}" for rate in RATES]
