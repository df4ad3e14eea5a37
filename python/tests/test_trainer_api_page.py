"""docs/trainer-api.md lists every public name of the client, and no other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest

import poptrain
from poptrain.assigned import Assigned
from tests.engine import PACKAGE, FakeEngine, Trainer

PAGE = (PACKAGE.parent / "docs" / "trainer-api.md").read_text()


def listed(heading: str) -> list[str]:
    """The names in the first column of the tables under a heading."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`(\w+)(?:\([^`]*\))?`", cell)]


def public(type: type) -> set[str]:
    return {name for name in dir(type) if not name.startswith("_")}


ARGUMENTS = ["standalone", "steps", "interval", "save_to", "seed"]


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("`poptrain`", {*poptrain.__all__, *ARGUMENTS}),
        ("Interval", public(poptrain.Interval) | {n for n in Assigned.__annotations__ if n[0] != "_"}),
        ("Batch", public(poptrain.Batch) - public(Sequence) | {"parents"}),
    ],
)
def test_every_public_name_is_listed_once(heading: str, names: set[str]) -> None:
    assert sorted(listed(heading)) == sorted(names)


def test_every_helper_for_a_framework_is_listed() -> None:
    section = PAGE.split("\n## Helpers for frameworks\n", 1)[1]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    helpers = [helper for cell in cells for helper in re.findall(r"`(\w+)\.(\w+)\(", cell)]
    page = (PACKAGE.parent / "docs" / "frameworks.md").read_text()
    imported = re.findall(r"^import poptrain\.(\w+)$", page, re.MULTILINE)
    assert {module for module, _ in helpers} == set(imported)
    for module, name in helpers:
        source = (PACKAGE / "poptrain" / f"{module}.py").read_text()
        assert re.search(rf"^(?:def|class) {name}\b", source, re.MULTILINE), f"{module}.{name}"


def test_the_script_trains(engine: FakeEngine, start: Callable[..., Trainer]) -> None:
    (script,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    trainer = start(script, engine)
    first, second = engine.serve(
        [{"start": age, "stop": age + 20, "hyperparameters": {"learning_rate": 0.1}} for age in (0, 20)]
    )
    assert trainer.wait() == 0, trainer.output
    assert first["type"] == second["type"] == "done"
    assert 0 < second["metrics"]["distance"] < first["metrics"]["distance"] < 1
