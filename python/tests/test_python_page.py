"""The scripts of docs/python.md, in a folder with the run that they read."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from xml.etree import ElementTree

import pytest

import poptrain
from poptrain.records import IntervalRecord
from tests.engine import PACKAGE, PATIENCE
from tests.program import Experiment, environment

DOCS = PACKAGE.parent / "docs"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", (DOCS / "python.md").read_text(), re.DOTALL | re.MULTILINE)
FIRST, SCHEDULE, INTERVALS, FRAME, FIGURE = BLOCKS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The README's example, trained."""
    readme = (PACKAGE.parent / "README.md").read_text()
    trainer = re.findall(r"^```python\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)[0]
    experiment = Experiment(
        tmp_path_factory.mktemp("parabola"),
        trainer,
        name="parabola",
        population_size=8,
        steps=40,
        hyperparameters={"learning_rate": {"log_uniform": [1e-2, 0.4]}},
    )
    experiment.train()
    return experiment.folder


def printed(folder: Path, *blocks: str) -> list[str]:
    """What they print, one after the other in one script."""
    answer = subprocess.run(
        [sys.executable, "-c", "".join(blocks)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.splitlines()


def test_the_best_model(folder: Path, on_path: None) -> None:
    (line,) = printed(folder, FIRST)
    state, score, rate, x = line.split()
    assert state == "finished"
    assert 0 < float(x) ** 2 < 100 * float(score) < 100
    assert 1e-2 <= float(rate) <= 0.4


def test_the_schedule_trains_the_best_model_again(folder: Path, on_path: None) -> None:
    best, error, *segments = printed(folder, FIRST, SCHEDULE)
    assert float(error.removeprefix("error ")) == pytest.approx(float(best.split()[1]), rel=1)  # another seed
    assert segments[0].startswith("0 ")
    assert segments[-1].split()[1] == "40"


def test_the_copies(folder: Path, on_path: None) -> None:
    _, *copies = printed(folder, FIRST, INTERVALS)
    assert copies
    assert all(re.fullmatch(r"member \d copied \d at age 20", copy) for copy in copies)


def test_the_frame(folder: Path, on_path: None) -> None:
    pytest.importorskip("pandas")
    assert len(printed(folder, FIRST, FRAME)) > 8


def test_the_figure(folder: Path, on_path: None) -> None:
    *_, line = printed(folder, FIRST, FIGURE)
    assert re.fullmatch(r"<figure 'error of every member', (9|10) traces> 2", line)
    assert ElementTree.fromstring((folder / "curves.svg").read_text()).tag.endswith("svg")


def test_what_the_table_names_is_there() -> None:
    rows = re.findall(r"^\| `(\w+)(?:\(.*?\))?` \|", (DOCS / "python.md").read_text(), re.MULTILINE)
    public = {name for name in vars(poptrain.Run) if not name.startswith("_")}
    assert set(rows) == public


def test_an_interval_has_all_that_export_writes() -> None:
    page = (DOCS / "json.md").read_text().partition("\n## `export`\n")[2]
    sample = re.search(r"^```json\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert sample is not None
    assert {field.name for field in fields(IntervalRecord)} == json.loads(sample[1]).keys()
