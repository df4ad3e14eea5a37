"""The scripts of docs/recipes.md."""

from __future__ import annotations

import importlib.util
import re

from tests.engine import PACKAGE

PAGE = (PACKAGE.parent / "docs" / "recipes.md").read_text()
STAND_INS = PACKAGE / "tests" / "stand_ins"
PYTHON_PATH = [STAND_INS, *([] if importlib.util.find_spec("torch") else [STAND_INS / "without_torch"])]

RATES = (0.05, 0.02)
EPOCHS = "Epochs"
MANY = "Many members in one process"
FRAMEWORK = "A framework that owns the loop"
RANKS = "Several ranks"
BUFFER = "A reinforcement learner with a replay buffer"
ONCE = "A framework that starts only once"
CURVE = "A curve for each member"
BY_HAND = "Debugging a trainer by hand"


def recipe(heading: str, language: str = "python") -> str:
    """The code under a heading of the page."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert isinstance(block, str)
    return block
