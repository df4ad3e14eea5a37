"""What the tests of the trackers share."""

from __future__ import annotations

from pathlib import Path

import pytest
from followed import new_run
from population import Population


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Population:
    """A finished run with copies."""
    population = new_run(tmp_path_factory.mktemp("run"))
    trained = population.run()
    assert trained.status == 0, trained.text
    return population


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No tracker asks a network for anything, and nothing is written outside the folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    monkeypatch.setenv("WANDB_ERROR_REPORTING", "false")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("DO_NOT_TRACK", "true")
