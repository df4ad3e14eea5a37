"""The experiment of docs/from-ray-tune.md, with each setting that the page gives."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.engine import PACKAGE, PATIENCE
from tests.program import program

PAGE = (PACKAGE.parent / "docs" / "from-ray-tune.md").read_text()
EXPERIMENT = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)[0]


def codes(heading: str) -> list[str]:
    """The pieces of code in the second column of the table under a heading."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = [row.split(" | ")[1] for row in section.splitlines() if re.match(r"\| (?!Ray )", row)]
    return [code for cell in cells for code in re.findall(r"`([^`]+)`", cell)]


SETTINGS = [
    code for code in codes("`PopulationBasedTraining`") + codes("`Tuner`") if re.match(r"[a-z_]+: ", code)
]
SPACES = codes("Search spaces")


def draw(folder: Path, experiment: str) -> None:
    """The program reads it without a finding."""
    (folder / "experiment.yaml").write_text(experiment)
    answer = subprocess.run(
        [program(), "draw", "experiment.yaml"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert answer.returncode == 0, answer.stderr


def test_the_page_gives_settings() -> None:
    assert len(SETTINGS) > 20
    assert len(SPACES) > 10


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_is_one_of_the_experiment_file(tmp_path: Path, setting: str) -> None:
    key = setting.partition(":")[0]
    others = re.sub(rf"^{key}:.*\n", "", EXPERIMENT, flags=re.MULTILINE)
    draw(tmp_path, f"{others}{setting}\n")


@pytest.mark.parametrize("space", SPACES)
def test_a_search_space_is_one_of_the_experiment_file(tmp_path: Path, space: str) -> None:
    named = space if re.match(r"[\w.]+: ", space) else f"value: {space}"
    draw(tmp_path, f"{EXPERIMENT}  {named}\n")
