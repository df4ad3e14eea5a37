"""Real processes: trainers that end, fail, fork and are killed, and an engine that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import poptrain
from poptrain.connection import Connection
from poptrain.session import Session
from tests.conftest import train
from tests.engine import PACKAGE, FakeEngine, Trainer

Start = Callable[..., Trainer]

LOOP = """
import poptrain

for interval in poptrain.intervals():
    for step in interval.steps:
        interval["learning_rate"]
    (interval.save_to / "model").write_text("weights")
    interval.report(accuracy=0.5)
print("over")
"""


def test_a_trainer_ends_with_status_0_when_there_is_no_more_work(engine: FakeEngine, start: Start) -> None:
    trainer = start(LOOP, engine)
    assert [answer["type"] for answer in engine.serve([{}, {}])] == ["done", "done"]
    assert trainer.wait() == 0
    assert trainer.output == "over\n"


def test_a_trainer_ends_with_status_0_when_the_engine_goes_between_intervals(
    engine: FakeEngine, start: Start
) -> None:
    trainer = start(LOOP, engine)
    engine.accept()
    engine.assign()
    engine.answer()
    engine.hang_up()
    assert trainer.wait() == 0
    assert trainer.output == "over\n"


def test_a_trainer_that_leaves_the_loop_closes_the_connection(engine: FakeEngine, start: Start) -> None:
    trainer = start(
        "import poptrain\nfor interval in poptrain.intervals():\n    break\nprint('over')", engine
    )
    engine.accept()
    engine.assign()
    assert engine.receive() is None
    assert trainer.wait() == 0
    assert trainer.output == "over\n"


def test_an_exception_of_the_user_is_not_swallowed(engine: FakeEngine, start: Start) -> None:
    trainer = start(LOOP.replace('interval["learning_rate"]', "1 / 0"), engine)
    engine.accept()
    engine.assign()
    assert engine.receive() is None
    assert trainer.wait() == 1
    assert "ZeroDivisionError: division by zero" in trainer.output
    assert "over" not in trainer.output


def test_what_was_printed_is_in_the_log_before_the_end_is_told(engine: FakeEngine, start: Start) -> None:
    trainer = start(LOOP.replace("interval.report", "print('trained', end='')\n    interval.report"), engine)
    engine.accept()
    engine.assign()
    assert engine.answer()[-1]["type"] == "done"
    assert trainer.output == "trained"


FORK = """
import os
import poptrain

interval = poptrain.next_interval()
from_child, to_parent = os.pipe()
child = os.fork()
if child == 0:
    def report():
        (interval.save_to / "model").write_text("weights")
        interval.report(accuracy=0.5, steps=1)

    for action in (
        lambda: interval.log({"accuracy": 0.5}),
        lambda: interval.heartbeat(),
        lambda: interval.stop_requested,
        lambda: report(),
        lambda: interval.fail("child"),
    ):
        try:
            action()
        except poptrain.Error as error:
            os.write(to_parent, f"{error}\\n".encode())
        else:
            os.write(to_parent, b"did not mind\\n")
    os._exit(0)
os.close(to_parent)
os.waitpid(child, 0)
interval.fail(open(from_child).read())

child = os.fork()
if child == 0:
    try:
        poptrain.next_interval()
    except poptrain.Error as error:
        print(error, flush=True)
    os._exit(0)
os.waitpid(child, 0)
assert poptrain.next_interval() is None
"""


def test_a_forked_child_cannot_speak_and_the_trainer_still_can(engine: FakeEngine, start: Start) -> None:
    trainer = start(FORK, engine)
    engine.accept()
    engine.assign()
    messages = engine.answer()
    assert [message["type"] for message in messages] == ["failed"]
    lines = messages[0]["message"].splitlines()
    assert len(lines) == 5
    assert all(line.startswith("this is a forked child of the trainer") for line in lines)
    engine.send("end")
    assert trainer.wait() == 0
    assert trainer.output.startswith("this is a forked child of the trainer")


LOADER = """
import os
import signal
import poptrain

interval = poptrain.next_interval()
child = os.fork()
if child == 0:
    while True:
        signal.pause()
interval.log({"worker": child})
while True:
    signal.pause()
"""


def test_a_worker_that_outlives_a_killed_trainer_does_not_hold_the_connection(
    engine: FakeEngine, start: Start
) -> None:
    trainer = start(LOADER, engine)
    engine.accept()
    engine.assign()
    message = engine.receive()
    assert message is not None
    worker = int(message["metrics"]["worker"])
    try:
        trainer.kill()
        assert engine.receive() is None
        os.kill(worker, 0)  # it lives
    finally:
        os.kill(worker, signal.SIGKILL)


def test_a_trainer_with_the_default_sigpipe_still_says_what_happened(
    engine: FakeEngine, start: Start
) -> None:
    trainer = start(
        """
import signal
import poptrain

signal.signal(signal.SIGPIPE, signal.SIG_DFL)
interval = poptrain.next_interval()
while not interval.stop_requested:
    pass
interval.fail("the run is stopping")
""",
        engine,
    )
    engine.accept()
    engine.assign()
    engine.hang_up()
    assert trainer.wait() == 1
    assert "poptrain.errors.Error: Poptrain is gone, 'failed' could not be sent" in trainer.output


ENGINE = """
import sys
from tests.engine import FakeEngine

engine = FakeEngine()
print(engine.path, flush=True)
engine.accept()
engine.assign()
sys.stdin.read()
"""


@pytest.fixture
def engine_process() -> Iterator[subprocess.Popen[str]]:
    """An engine in a process of its own, which asks for one interval."""
    process = subprocess.Popen(
        [sys.executable, "-c", ENGINE],
        cwd=PACKAGE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_an_engine_that_is_killed(engine_process: subprocess.Popen[str], tmp_path: Path) -> None:
    assert engine_process.stdout is not None
    path = engine_process.stdout.readline().strip()
    connection = Connection(path)
    session = Session(connection, run_id="run-7")
    interval = session.next_interval()
    assert interval is not None
    assert not interval.stop_requested
    train(interval)
    engine_process.send_signal(signal.SIGKILL)
    engine_process.wait()
    assert interval.stop_requested
    with pytest.raises(poptrain.Error, match="Poptrain is gone"):
        interval.report(accuracy=0.5, steps=1)
    assert Session(connection, run_id="run-7").next_interval() is None


def test_the_package_needs_nothing_but_python() -> None:
    code = f"import sys; sys.path.insert(0, {str(PACKAGE)!r}); import poptrain; poptrain.is_managed()"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def test_a_trainer_does_not_import_what_it_does_not_need() -> None:
    """Each start of a trainer would pay for it."""
    code = (
        f"import sys; sys.path.insert(0, {str(PACKAGE)!r}); import poptrain; before = set(sys.modules); "
        "poptrain.Run, poptrain.find_program; "
        "assert not before & {'dataclasses', 'subprocess', 'poptrain.records', 'poptrain.standalone'}, before"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)
