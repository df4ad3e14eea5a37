"""A terminal for tests: a program runs in it, and what a person would see is known. It needs pyte."""

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time

import pyte

# What a view may send besides text: show and hide the cursor, move up, erase, colours.
ALLOWED = re.compile(rb"\x1b\[(\?25[lh]|\d+A|[KJ]|[\d;]*m)")


class Terminal:
    def __init__(self, *command, columns=80, rows=24, **environment):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.output = b""
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            # A shell would have set the size; the program is to see it from its first line on.
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
            # What a crash prints would take longer than the test.
            told = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no", **environment}
            os.execvpe(command[0], command, kept | told)

    @property
    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self):
        return "\n".join(self.lines)

    def read(self, seconds):
        """Takes in what the program writes within a time. False: it has closed the terminal."""
        if not select.select([self.descriptor], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:
            return False
        self.output += data
        self.show(data)
        return bool(data)

    def drain(self):
        """Takes in all that a program wrote before it was stopped."""
        while select.select([self.descriptor], [], [], 0.2)[0] and self.read(0):
            pass

    def show(self, data):
        self.stream.feed(data)

    def wait(self, holds, seconds=120):
        """Waits until something holds of a view that is drawn to its end: a text in it, or what a function says."""

        def seen():
            return self.output.endswith(b"\x1b[?25h") and (holds in self.text if isinstance(holds, str) else holds())

        limit = time.monotonic() + seconds
        while not seen():
            assert time.monotonic() < limit, f"waited in vain for {holds}:\n{self.text}"
            if not self.read(0.05):
                assert seen(), f"it ended without {holds}:\n{self.text}"

    def resize(self, columns, rows):
        # Lines at the top go where there is no room, as in every terminal.
        self.screen.resize(rows, columns)
        fcntl.ioctl(
            self.descriptor,
            termios.TIOCSWINSZ,
            struct.pack("HHHH", rows, columns, 0, 0),
        )

    def press(self, keys):
        os.write(self.descriptor, keys)

    def kill(self, number):
        os.kill(self.process, number)

    @property
    def shows_keys(self):
        """Whether the terminal shows what is typed, and takes it by lines, as programs find it."""
        flags = termios.tcgetattr(self.descriptor)[3]
        return bool(flags & termios.ECHO) and bool(flags & termios.ICANON)

    def end(self, seconds=120):
        """Waits for the end of the program. The exit status; of a signal, its number below zero."""
        limit = time.monotonic() + seconds
        while True:
            self.read(0.05)
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                break
            assert time.monotonic() < limit, f"it does not end:\n{self.text}"
        while select.select([self.descriptor], [], [], 0)[0] and self.read(0):
            pass
        return os.waitstatus_to_exitcode(status)

    def check(self):
        """Nothing but what a view sends came from the program, and the cursor is there."""
        rest = ALLOWED.sub(b"", self.output)
        assert b"\x1b" not in rest, rest
        assert not self.screen.cursor.hidden
