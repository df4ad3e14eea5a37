"""The engine at the other end of a Unix domain socket: one JSON object per line, both ways."""

from __future__ import annotations

import json
import os
import socket
import threading
import weakref
from collections import deque
from collections.abc import Mapping

from .engine import Assignment
from .errors import Error
from .version import OTHER_VERSION, __version__

PROTOCOL = 1
LONGEST_LINE = 8 * 1024 * 1024

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode

_WITHOUT_SIGNAL: int = getattr(socket, "MSG_NOSIGNAL", 0)  # a trainer may have set SIGPIPE back to "die"


class Connection:
    """Speaks the protocol of `docs/trainer-protocol.md`; belongs to the process that opened it."""

    def __init__(self, path: str, *, capacity: int = 1) -> None:
        self._process = os.getpid()
        self._sending = threading.Lock()
        self._reading = threading.Lock()
        self._unread = bytearray()
        self._batches: deque[list[Assignment]] = deque()
        self._stopping = False
        self._saving = False
        self._ended = False
        self._refusal: str | None = None
        self._has_begun = False  # there was work, or the word that there is none
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)  # Python makes it close-on-exec
        self._socket.settimeout(None)  # whatever socket.setdefaulttimeout says: an interval may take days
        try:
            self._socket.connect(path)
        except OSError as error:
            self._socket.close()
            raise Error(
                f"cannot reach Poptrain at {path}: {error}. It accepts one connection from each trainer: "
                "a process that the trainer starts must not ask for intervals itself"
            ) from error
        _connections.add(self)
        client = f"poptrain-python/{__version__}"
        try:
            self.send({"type": "hello", "protocol": PROTOCOL, "client": client, "capacity": capacity})
        except Error:
            self.stop_requested()  # reads the refusal, where there is one
            self.close()
            self._check_begun()
            raise

    def next_batch(self) -> list[Assignment]:
        """Waits for work; empty after `end`, and when an engine that has given work is gone.

        Raises:
            Error: the engine has refused the connection, or has closed it without a word.
        """
        self._check_process()
        with self._reading:
            while not self._batches:
                if self._ended:
                    self._socket.close()
                    self._check_begun()
                    return []
                self._receive(wait=True)
            return self._batches.popleft()

    def send(self, message: Mapping[str, object]) -> None:
        """Sends one message.

        Raises:
            Error: the engine is gone, the line would be too long, or this is a forked child.
        """
        self._check_process()
        line = _encode(message).encode("utf-8", "replace") + b"\n"
        if len(line) > LONGEST_LINE:
            raise Error(
                f"this {message['type']!r} message has {len(line)} bytes; a line may have {LONGEST_LINE}. "
                "Save long lists into the checkpoint and report their mean"
            )
        try:
            with self._sending:
                self._socket.sendall(line, _WITHOUT_SIGNAL)
        except OSError as error:
            raise Error(f"Poptrain is gone, {message['type']!r} could not be sent: {error}") from error

    def stop_requested(self) -> bool:
        """Whether the engine asked to stop or is gone; reads what has arrived and does not wait."""
        self._check_process()
        with self._reading:
            while not self._ended and self._receive(wait=False):
                pass
        return self._stopping or self._ended

    def save_requested(self) -> bool:
        """Whether the engine asked to save in mid-interval; reads what has arrived and does not wait."""
        self.stop_requested()
        return self._saving

    def close(self) -> None:
        """Closes this process's end."""
        self._ended = True
        self._socket.close()

    def _receive(self, wait: bool) -> bool:
        """Takes in what has arrived; False when that is nothing."""
        try:
            received = self._socket.recv(65536, 0 if wait else socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except ConnectionResetError:
            received = b""
        if not received:
            self._ended = True
            return False
        self._unread += received
        while (end := self._unread.find(b"\n")) >= 0:
            line = bytes(self._unread[:end])
            del self._unread[: end + 1]
            self._take(line)
        if len(self._unread) > LONGEST_LINE:
            raise Error(f"Poptrain sent a line of more than {LONGEST_LINE} bytes")
        return True

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line.decode())
            kind = message["type"]
            if kind == "train":
                self._batches.append([Assignment.from_message(fields) for fields in message["intervals"]])
            elif kind == "refused":
                self._refusal = f"Poptrain refuses this process: {message['message']}"
        except (ValueError, TypeError, KeyError) as error:
            raise Error(f"Poptrain sent a line that is not a message: {line[:200]!r}") from error
        if kind == "stop_requested":
            self._stopping = True
            self._saving = message.get("save") is True
        elif kind in ("end", "refused"):
            self._ended = True
        elif kind != "train":
            raise Error(
                f"Poptrain sent {kind!r}, which this client (poptrain {__version__}) does not know: "
                f"{OTHER_VERSION}"
            )

        self._has_begun = self._has_begun or kind in ("train", "end")

    def _check_begun(self) -> None:
        """Tells an engine that never wanted this process from one that has nothing more for it."""
        if self._refusal is not None:
            raise Error(self._refusal)
        if not self._has_begun:
            raise Error(
                "Poptrain closed the connection before it asked for anything. It accepts one connection from "
                "each trainer: only one of the processes that a trainer consists of may ask for intervals"
            )

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            raise Error(
                "this is a forked child of the trainer: only the trainer itself may speak to Poptrain. "
                "Hand results back to it and report there"
            )


_connections: weakref.WeakSet[Connection] = weakref.WeakSet()


def _close_in_child() -> None:
    # Otherwise a data-loader worker that outlives a killed trainer would hold the connection open.
    for connection in list(_connections):
        connection.close()


os.register_at_fork(after_in_child=_close_in_child)
