"""A small engine for tests: the other end of the socket, and a trainer's process."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

PATIENCE = 30.0
"""Seconds after which a test that waits for a message fails instead of hanging; nothing is timed by it."""

PACKAGE = Path(__file__).parent.parent
ENDINGS = ("done", "failed", "invalid")


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class FakeEngine:
    """Listens on a Unix domain socket and speaks the protocol, line by line, as the test says."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pt-"))
        self.path = self.folder / "s"
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.settimeout(PATIENCE)
        self._listener.bind(str(self.path))
        self._listener.listen(1)
        self._socket: socket.socket | None = None
        self._unread = b""
        self._assigned = 0

    def close(self) -> None:
        self.hang_up()
        self._listener.close()
        shutil.rmtree(self.folder)

    @property
    def environment(self) -> dict[str, str]:
        """What the engine adds to a trainer's environment."""
        return {"POPTRAIN_SOCKET": str(self.path), "POPTRAIN_PROTOCOL": "1", "POPTRAIN_RUN_ID": "run-7"}

    def accept(self, hello: str = "hello") -> dict[str, Any]:
        """Takes the next connection and its first message."""
        self.hang_up()
        self._socket, _ = self._listener.accept()
        self._socket.settimeout(PATIENCE)
        message = self.receive()
        assert message is not None
        assert message["type"] == hello
        return message

    def hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            self._unread = b""

    def send_bytes(self, data: bytes) -> None:
        assert self._socket is not None
        self._socket.sendall(data)

    def send(self, type: str, **fields: object) -> None:
        self.send_bytes(json.dumps({"type": type, **fields}, ensure_ascii=False).encode() + b"\n")

    def receive(self) -> dict[str, Any] | None:
        """The next message; None at the end of the stream."""
        assert self._socket is not None
        while b"\n" not in self._unread:
            try:
                chunk = self._socket.recv(1 << 20)
            except ConnectionResetError:
                chunk = b""
            if not chunk:
                assert self._unread == b"", "the stream ended within a line"
                return None
            self._unread += chunk
        line, _, self._unread = self._unread.partition(b"\n")
        message = json.loads(line.decode(), parse_constant=_refuse)
        assert isinstance(message, dict)
        return message

    def unread(self) -> list[dict[str, Any]]:
        """All messages that have arrived, without waiting."""
        assert self._socket is not None
        self._socket.setblocking(False)
        try:
            while chunk := self._socket.recv(1 << 20):
                self._unread += chunk
        except (BlockingIOError, ConnectionResetError):
            pass
        finally:
            self._socket.settimeout(PATIENCE)
        messages = []
        while b"\n" in self._unread:
            message = self.receive()
            assert message is not None
            messages.append(message)
        return messages

    def interval(self, **fields: object) -> dict[str, Any]:
        """An interval to ask for, with a folder to save into; `fields` say what is not the default."""
        self._assigned += 1
        interval: dict[str, Any] = {
            "id": f"3-{self._assigned}-token",
            "member": 3,
            "number": self._assigned,
            "kind": "train",
            "start": 0,
            "stop": 10,
            "total_steps": 100,
            "seed": 913402,
            "hyperparameters": {
                "learning_rate": 0.013,
                "layers": 2,
                "augmentation": "flip",
                "nesterov": True,
            },
            "checkpoint": None,
            "parent": None,
            "warm": False,
            **fields,
        }
        if "save_to" not in interval:
            folder = self.folder / f"save-{self._assigned}"
            folder.mkdir()
            interval["save_to"] = str(folder)
        return interval

    def assign(self, **fields: object) -> dict[str, Any]:
        """Asks for one interval."""
        interval = self.interval(**fields)
        self.send("train", intervals=[interval])
        return interval

    def answer(self) -> list[dict[str, Any]]:
        """The messages about one interval, up to the one that ends it (or to the end of the stream)."""
        messages = []
        while (message := self.receive()) is not None:
            messages.append(message)
            if message["type"] in ENDINGS:
                break
        return messages

    def serve(self, intervals: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
        """Has each interval trained from the checkpoint before; returns the last message of each."""
        self.accept()
        answers = []
        checkpoint = None
        for fields in intervals:
            interval = self.assign(**{"checkpoint": checkpoint, **fields})
            messages = self.answer()
            assert messages, "the trainer went away"
            answers.append(messages[-1])
            checkpoint = interval["save_to"]
        self.send("end")
        return answers


class EngineThread:
    """An engine that serves while the test's own thread is the trainer."""

    def __init__(self, engine: FakeEngine, intervals: Sequence[Mapping[str, object]]) -> None:
        self._answers: list[dict[str, Any]] = []
        self._error: BaseException | None = None

        def serve() -> None:
            try:
                self._answers = engine.serve(intervals)
            except BaseException as error:
                self._error = error
                engine.hang_up()

        self._thread = threading.Thread(target=serve)
        self._thread.start()

    def answers(self) -> list[dict[str, Any]]:
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._answers


class Trainer:
    """A script in a process of its own, as the engine starts it."""

    def __init__(
        self,
        script: str,
        folder: Path,
        engine: FakeEngine | None = None,
        arguments: Sequence[str] = (),
        python_path: Sequence[Path] = (),
        command: Sequence[str] = (sys.executable,),
    ) -> None:
        file = folder / "train.py"
        file.write_text(script)
        self.log = folder / "log"
        environment = {name: text for name, text in os.environ.items() if not name.startswith("POPTRAIN_")}
        environment["PYTHONPATH"] = os.pathsep.join(str(path) for path in (PACKAGE, *python_path))
        environment.pop("PYTHONUNBUFFERED", None)
        if engine is not None:
            environment.update(engine.environment)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, str(file), *arguments],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.log.read_text()

    def wait(self) -> int:
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def _refuse(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is not JSON")
