"""The script of docs/recipes.md for several ranks, with the real torch where it is installed."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine import FakeEngine, Trainer
from tests.recipes import RANKS, recipe

Start = Callable[..., Trainer]

DEBIAN = Path("/usr/bin/python3")


def python_with_torch() -> str:
    """An interpreter with the real torch, or none here."""
    if importlib.util.find_spec("torch"):
        return sys.executable
    if DEBIAN.exists() and Path("/usr/lib/python3/dist-packages/torch").exists():
        return str(DEBIAN)
    pytest.skip("torch is not installed here: make setup-torch")


LAUNCHER = """
import os, socket, subprocess, sys

with socket.socket() as free:
    free.bind(("localhost", 0))
    port = str(free.getsockname()[1])
addresses = {"WORLD_SIZE": "2", "MASTER_ADDR": "localhost", "MASTER_PORT": port}
ranks = [subprocess.Popen(sys.argv[1:], env={**os.environ, **addresses, "RANK": str(n)}) for n in range(2)]
status = ranks[1].wait()
if status:
    ranks[0].terminate()
sys.exit(status or ranks[0].wait())
"""
"""What torchrun does: as many processes, which find each other by their environment, and end together."""


def launcher() -> list[str]:
    """A command that starts two ranks of an interpreter that has torch."""
    python = python_with_torch()
    return [python, "-c", LAUNCHER, python]


def test_two_ranks_train_one_model(engine: FakeEngine, start: Start) -> None:
    assert "torchrun, --nproc_per_node=2" in recipe(RANKS, "yaml")
    trainer = start(recipe(RANKS), engine, command=launcher())
    engine.accept()
    checkpoint = None
    losses = []
    for age in (0, 20):
        interval = engine.assign(
            start=age, stop=age + 20, checkpoint=checkpoint, hyperparameters={"learning_rate": 0.1}
        )
        done = engine.answer()[-1]
        assert done["type"] == "done"
        assert "steps" not in done
        losses.append(done["metrics"]["loss"])
        checkpoint = interval["save_to"]
        assert sorted(path.name for path in Path(checkpoint).iterdir()) == ["rank-0.pt", "rank-1.pt"]
    assert losses[1] < losses[0]
    engine.assign(kind="evaluate", start=40, stop=40, checkpoint=checkpoint)
    evaluated = engine.answer()[-1]
    assert "steps" not in evaluated
    assert evaluated["metrics"]["loss"] == losses[1]
    engine.assign(stop=10**9, checkpoint=checkpoint)
    engine.send("stop_requested", save=True)
    assert 1 <= engine.answer()[-1]["steps"] < 10**9
    engine.send("end")
    assert trainer.wait() == 0, trainer.output


def test_a_script_that_knows_no_ranks_says_what_to_do(engine: FakeEngine, start: Start) -> None:
    script = "import poptrain\nfor interval in poptrain.intervals(): interval.fail('rank 0 was asked')"
    trainer = start(script, engine, command=launcher())
    assert trainer.wait() == 1
    assert "this process is rank 1 (RANK=1), and only rank 0 asks Poptrain" in trainer.output
