"""Whether 200 open pages slow a run: the processor time of its engine with and without them, in turn."""

import asyncio
import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from measure import Bench, Table, Work, bench, remove, told

PAGES = 200
WORK = Work(20, 60, seconds=0.1)


class Pages:
    """Pages that listen to a run, and fetch what is new whenever they hear that there is more."""

    def __init__(self, url: str, key: str) -> None:
        self.host, self.port = urlsplit(url).hostname, urlsplit(url).port
        self.key = key
        self.fetched = 0

    async def listen(self) -> None:
        """One page, until the server has gone."""
        seen = 0
        events, listening = await asyncio.open_connection(self.host, self.port)
        listening.write(self.request("events"))
        # As a browser does, over one connection that is kept.
        answers, asking = await asyncio.open_connection(self.host, self.port)
        while line := await events.readline():
            if found := re.search(rb'data: {"rows":(\d+)', line):
                for path in ("run.json", f"rows?from={seen}&values=0"):
                    asking.write(self.request(path))
                    head = await answers.readuntil(b"\r\n\r\n")
                    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
                    assert length, head
                    await answers.readexactly(int(length[1]))
                    self.fetched += 1
                seen = int(found[1])

    def request(self, path: str) -> bytes:
        """A request of HTTP."""
        return f"GET /runs/{self.key}/{path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n\r\n".encode()

    async def all(self) -> None:
        """All of them, at the same time; they fail when the run is over and the server has gone."""
        await asyncio.gather(*(self.listen() for _ in range(PAGES)), return_exceptions=True)


@contextmanager
def training(measured: Bench) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A run with its dashboard, and the address."""
    experiment, folder = measured.folder / "experiment.yaml", measured.folder / "run"
    remove(folder)
    experiment.write_text(WORK.experiment)
    command = [measured.poptrain, "run", str(experiment), "--run", str(folder), "--dashboard"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process, next(found[0] for line in process.stdout if (found := re.search(r"http://\S+", line)))
        for _ in process.stdout:
            pass


def train(measured: Bench, *, with_pages: bool) -> tuple[float, int]:
    """The engine's processor time per second of the run, and what pages fetched."""
    with training(measured) as (process, url):
        begun = time.perf_counter()
        pages = Pages(url, "run")
        if with_pages:
            threading.Thread(target=asyncio.run, args=[pages.all()], daemon=True).start()
        assert process.stdout
        for _ in process.stdout:
            pass
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        seconds = time.perf_counter() - begun
        # Of the engine alone: its children have a count of their own.
        user, system = map(
            int, Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
        )
    return (user + system) / os.sysconf("SC_CLK_TCK") / seconds, pages.fetched


def main() -> None:
    """Measure."""
    with bench(__doc__) as measured:
        rounds = []
        for _ in range(1 if measured.quick else measured.repetitions):
            rounds.append([train(measured, with_pages=with_pages) for with_pages in (False, True)])
        columns = ["open pages", "processor time of the engine, ms per s", "answers fetched"]
        table = Table("listeners", "Intervals of 0.1 s, two workers; median (least-most), in turn:", columns)
        for pages, runs in zip((0, PAGES), zip(*rounds, strict=True), strict=True):
            processor, fetched = (list(values) for values in zip(*runs, strict=True))
            table.row(
                str(pages), told(processor, 1000, 1), told(fetched, 1), processor=processor, fetched=fetched
            )
        table.save()
        changes = [with_pages[0] - without[0] for without, with_pages in rounds]
        share = [change / (os.cpu_count() or 1) for change in changes]
        print(f"what pages take of all processors, in %: {told(share, 100, 2)}")


if __name__ == "__main__":
    main()
