from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import poptrain
from poptrain import session as session_module
from poptrain.connection import Connection
from poptrain.session import Session
from tests.batches import Batches
from tests.browser import Browser
from tests.engine import PATIENCE, FakeEngine, ManualClock, Trainer
from tests.program import program


@pytest.fixture(autouse=True)
def alarm() -> Iterator[None]:
    """Has a test that hangs fail, instead of all tests hang."""

    def fail(*_: object) -> None:
        raise TimeoutError("the test hangs")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(int(2 * PATIENCE))
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    engine = FakeEngine()
    yield engine
    engine.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def connection(engine: FakeEngine) -> Iterator[Connection]:
    """A connection which the engine has accepted."""
    connection = Connection(str(engine.path))
    engine.accept()
    yield connection
    connection.close()


@pytest.fixture
def session(connection: Connection, clock: ManualClock) -> Session:
    return Session(connection, run_id="run-7", clock=clock)


@pytest.fixture
def begin(engine: FakeEngine, session: Session) -> Callable[..., poptrain.Interval]:
    """Begins an interval: the engine asks for it, the trainer takes it."""

    def begin(**fields: object) -> poptrain.Interval:
        engine.assign(**fields)
        interval = session.next_interval()
        assert interval is not None
        return interval

    return begin


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A process that has not asked for intervals yet, and was not started by Poptrain."""
    ranks = ("RANK", "LOCAL_RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID", "WORLD_SIZE")
    for name in ("POPTRAIN_SOCKET", "POPTRAIN_PROTOCOL", "POPTRAIN_RUN_ID", *ranks):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(session_module, "_managed", None)
    monkeypatch.setattr(session_module, "_by_hand", None)
    yield monkeypatch
    if session_module._managed is not None:
        connection = session_module._managed[1]._engine
        assert isinstance(connection, Connection)
        connection.close()


@pytest.fixture
def on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program is found on PATH, as after `make install`."""
    monkeypatch.setenv("PATH", f"{program().parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def managed(process: pytest.MonkeyPatch, engine: FakeEngine) -> FakeEngine:
    """A process that the engine started."""
    for name, text in engine.environment.items():
        process.setenv(name, text)
    return engine


@pytest.fixture
def batches(managed: FakeEngine) -> Batches:
    return Batches(managed)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Trainer]]:
    """Starts a script in a process of its own."""
    started: list[Trainer] = []

    def start(script: str, engine: FakeEngine | None = None, **options: object) -> Trainer:
        folder = tmp_path / f"trainer-{len(started)}"
        folder.mkdir()
        trainer = Trainer(script, folder, engine, **options)  # type: ignore[arg-type]
        started.append(trainer)
        return trainer

    yield start
    for trainer in started:
        trainer.kill()


def save(interval: poptrain.Interval) -> None:
    """Saves something, so that the interval can be reported."""
    (interval.save_to / "model").write_text("weights")


def train(interval: poptrain.Interval) -> None:
    """Takes all the steps and saves something, so that the interval can be reported."""
    interval.advance(len(interval.steps))
    save(interval)


def save_all(batch: poptrain.Batch) -> None:
    for interval in batch:
        save(interval)


def train_all(batch: poptrain.Batch) -> None:
    for interval in batch:
        train(interval)


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A browser of the test's own."""
    with Browser() as browser:
        yield browser
