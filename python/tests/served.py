"""The program's dashboard, for tests that look at it, and that change what it says."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser import Browser
from tests.engine import PATIENCE
from tests.program import Experiment, environment, program

# It waits at age 20 for as long as there is a file `gate`.
TRAINER = """
import pathlib, time
import poptrain

for interval in poptrain.intervals():
    x = float((interval.checkpoint / "x").read_text()) if interval.checkpoint else 4.0
    x -= interval["rate"] * x
    (interval.save_to / "x").write_text(str(x))
    interval.report(steps=len(interval.steps), error=x * x)
    while interval.age >= 20 and pathlib.Path("gate").exists():
        time.sleep(0.01)
"""

# A test may change what the server says, with `changed`, or do something before a request, with `before`.
HOOK = """
  const ask = window.fetch;
  window.fetch = async (url, ...rest) => {
    await window.before?.(url);
    const answer = await ask(url, ...rest);
    if (!window.changed || !url.endsWith(".json")) return answer;
    return Response.json(window.changed(await answer.json(), url));
  };
"""


class Served:
    """The program's dashboard, on a port of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [program(), "dashboard", "--port", "0", *arguments],
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = ""
        for line in self.process.stdout:
            if found := re.search(r"http://\S+", line):
                self.url = found.group()
                break
        assert self.url, "it said no address"

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate(timeout=PATIENCE)


@contextmanager
def gated(experiment: Experiment) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A run that has begun, and the gate at which its trainers wait until it is removed."""
    gate = experiment.folder / "gate"
    gate.touch()
    with experiment.start() as running:
        try:
            while not (experiment.run_folder / "population.sqlite").exists():
                assert running.poll() is None
            yield running, gate
        finally:
            gate.unlink(missing_ok=True)
            running.communicate(timeout=PATIENCE)


def hooked(browser: Browser, before: str) -> None:
    """Has every page begin with the hook, and with what a test puts into it."""
    browser.ask("Page.addScriptToEvaluateOnNewDocument", source=HOOK + before)
