"""Lines on the socket: how they are cut, and what happens when the other end misbehaves or is gone."""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import poptrain
from poptrain.connection import Connection
from poptrain.session import Session
from tests.engine import FakeEngine

Begin = Callable[..., poptrain.Interval]


def test_lines_may_arrive_in_any_pieces(engine: FakeEngine, connection: Connection) -> None:
    random_number = random.Random(2)
    numbers = list(range(1, 60))
    data = b"".join(
        json.dumps(
            {
                "type": "train",
                "intervals": [
                    engine.interval(number=n, hyperparameters={"text": "a\u2028b\u0085c\r" * (n % 7)})
                ],
                "new_field": None,
            },
            ensure_ascii=False,
        ).encode()
        + b"\n"
        for n in numbers
    )

    def send() -> None:
        position = 0
        while position < len(data):
            size = random_number.randrange(1, 400)
            engine.send_bytes(data[position : position + size])
            position += size

    thread = threading.Thread(target=send)
    thread.start()
    for n in numbers:
        (assignment,) = connection.next_batch()
        assert assignment.number == n
        assert assignment.hyperparameters["text"] == "a\u2028b\u0085c\r" * (n % 7)
    thread.join()


def test_a_stop_is_seen_while_half_a_line_has_arrived(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    engine.send_bytes(b'{"type":"stop_')
    assert not interval.stop_requested
    engine.send_bytes(b'requested"}\n{"ty')
    assert interval.stop_requested


def test_work_that_arrives_with_a_stop_is_not_lost(
    begin: Begin, engine: FakeEngine, session: Session
) -> None:
    interval = begin()
    engine.send("stop_requested")
    engine.assign(number=77)
    assert interval.stop_requested
    interval.fail("next")
    following = session.next_interval()
    assert following is not None
    assert following.number == 77


def test_work_before_the_end_is_still_handed_out(engine: FakeEngine, session: Session, begin: Begin) -> None:
    interval = begin()
    engine.assign()
    engine.send("end")
    assert interval.stop_requested
    interval.fail("next")
    following = session.next_interval()
    assert following is not None
    following.fail("last")
    assert session.next_interval() is None


def test_the_end_of_the_stream_is_the_end_of_the_work(
    begin: Begin, engine: FakeEngine, session: Session
) -> None:
    begin().fail("next")
    engine.hang_up()
    assert session.next_interval() is None
    assert session.next_interval() is None


def test_half_a_line_before_the_end_of_the_stream_is_dropped(
    begin: Begin, engine: FakeEngine, session: Session
) -> None:
    begin().fail("next")
    engine.send_bytes(b'{"type":"train","interv')
    engine.hang_up()
    assert session.next_interval() is None


@pytest.mark.parametrize("said", [b"", b'{"type":"stop_requested"}\n', b'{"type":"train","interv'])
def test_a_connection_that_is_closed_before_there_was_work_is_no_end(
    engine: FakeEngine, session: Session, said: bytes
) -> None:
    engine.send_bytes(said)
    engine.hang_up()
    for _ in range(2):
        with pytest.raises(poptrain.Error, match="before it asked for anything"):
            session.next_interval()


def test_an_end_without_any_work_is_one(engine: FakeEngine, session: Session) -> None:
    engine.send("end")
    engine.hang_up()
    assert session.next_interval() is None


def test_a_process_that_is_refused_is_told_why(engine: FakeEngine, session: Session) -> None:
    engine.send("refused", message="another process is connected")
    engine.hang_up()
    with pytest.raises(poptrain.Error, match="refuses this process: another process is connected"):
        session.next_interval()


def test_a_refusal_that_came_before_the_first_word_is_still_told(tmp_path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(tmp_path / "s"))
    listener.listen(1)

    class Refused(Connection):
        """Says hello when the engine has already closed its end."""

        def send(self, message: Mapping[str, object]) -> None:
            accepted, _ = listener.accept()
            accepted.sendall(b'{"type":"refused","message":"another process is connected"}\n')
            accepted.close()
            super().send(message)

    with pytest.raises(poptrain.Error, match="another process is connected"):
        Refused(str(tmp_path / "s"))
    listener.close()


def test_a_reset_is_the_end_of_the_stream(engine: FakeEngine, begin: Begin, session: Session) -> None:
    begin().fail("which the engine does not read before it goes")
    engine.hang_up()
    assert session.next_interval() is None


ACTIONS: dict[str, Callable[[poptrain.Interval], object]] = {
    "log": lambda interval: interval.log({"accuracy": 0.5}),
    "progress": lambda interval: interval.heartbeat(),
    "failed": lambda interval: interval.fail("why"),
    "invalid": lambda interval: interval.invalid("why"),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_sending_to_an_engine_that_is_gone(begin: Begin, engine: FakeEngine, action: str) -> None:
    interval = begin()
    engine.hang_up()
    with pytest.raises(poptrain.Error, match=f"Poptrain is gone, '{action}'"):
        ACTIONS[action](interval)


@pytest.mark.parametrize(
    "line",
    [
        b"hello\n",
        b"\n",
        b"[]\n",
        b'"train"\n',
        b"{}\n",
        b'{"type":"train"}\n',
        b'{"type":"train","intervals":3}\n',
        b'{"type":"train","intervals":[3]}\n',
        b'{"type":"train","intervals":[{"id":"x"}]}\n',
        b'{"type":"pause"}\n',
        b"\xff\xfe\n",
    ],
)
def test_a_line_that_is_no_message_is_an_error(engine: FakeEngine, session: Session, line: bytes) -> None:
    engine.send_bytes(line)
    with pytest.raises(poptrain.Error, match=r"Poptrain (sent|asked)"):
        session.next_interval()


def test_an_unknown_kind_of_interval_is_an_error(engine: FakeEngine, session: Session) -> None:
    engine.assign(kind="merge")
    with pytest.raises(poptrain.Error, match="merge"):
        session.next_interval()


@pytest.mark.parametrize("folder", ["checkpoint", "save_to"])
def test_a_folder_that_is_no_text_is_an_error(engine: FakeEngine, session: Session, folder: str) -> None:
    engine.assign(**{folder: 5})
    with pytest.raises(poptrain.Error, match="cannot read"):
        session.next_interval()


def test_a_line_without_an_end_is_an_error(engine: FakeEngine, session: Session) -> None:
    def send() -> None:
        with contextlib.suppress(OSError):  # the trainer closes when it has seen enough
            engine.send_bytes(b"x" * (9 << 20))

    thread = threading.Thread(target=send)
    thread.start()
    with pytest.raises(poptrain.Error, match="more than 8388608 bytes"):
        session.next_interval()
    engine_side = session._engine
    assert isinstance(engine_side, Connection)
    engine_side.close()
    thread.join()


def test_a_default_timeout_of_the_users_does_not_end_a_wait(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket.setdefaulttimeout(0.001)
    try:
        connection = Connection(str(engine.path))
    finally:
        socket.setdefaulttimeout(None)
    assert connection._socket.gettimeout() is None
    connection.close()


def test_programs_that_the_trainer_starts_do_not_inherit_the_socket(connection: Connection) -> None:
    assert not os.get_inheritable(connection._socket.fileno())


def test_lines_of_several_threads_are_not_mixed(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    long_name = "x" * 300_000  # more than the socket takes at once

    def log() -> None:
        for _ in range(10):
            interval.log({long_name: 1})

    threads = [threading.Thread(target=log) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(40):
        message = engine.receive()
        assert message is not None
        assert message["metrics"] == {long_name: 1}
    for thread in threads:
        thread.join()
