"""The dashboard with long runs: how soon it loads, draws, zooms and answers the pointer in Chromium."""

import math
import re
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from histories import large_run
from measure import REPOSITORY, Table, bench, told

sys.path.insert(0, str(REPOSITORY / "python"))

from tests.browser import Browser

SIZES = [(100, 500), (2000, 500)]
REACH = 25  # pixels from the pointer to what it is on

# When what is drawn is on the screen: a message that is sent while a frame is drawn comes after its paint.
SCRIPT = """
const painted = (done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => done(performance.now() / 1e3);
  port2.postMessage(0);
};
const draws = [];
const noted = (list, more) => () => painted((at) => list.push({ at, ...more }));
new MutationObserver(() => noted(draws, { version: Number(document.body.dataset.drawn) })())
  .observe(document, { attributes: true, attributeFilter: ["data-took"], subtree: true });
const low = () => document.querySelector(".plot").plot.frame.xScale.low;
const zoomed = (from, to) => new Promise((done) => {
  const [begun, before] = [performance.now() / 1e3, draws.length];
  const isThere = () => draws.length > before && low() === from;
  const look = () => (isThere() ? done(draws.at(-1).at - begun) : setTimeout(look, 5));
  location.hash += `&x=${from},${to}`;
  look();
});
const moves = [];
addEventListener("pointermove", ({ timeStamp }) =>
  requestAnimationFrame(noted(moves, { from: timeStamp / 1e3 })), true);
"""


@contextmanager
def served(command: list[str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A program that shows runs, and its address."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            yield (
                server,
                next(found.group() for line in server.stdout if (found := re.search(r"http://\S+", line))),
            )
        finally:
            server.terminate()


def shown(url: str, folder: Path, repetitions: int) -> tuple[dict[str, list[float]], int]:
    """Seconds until the first picture and until all is there, of a zoom and a hover; and the bytes sent."""
    times: dict[str, list[float]] = {"first": [], "whole": [], "zoom": [], "hover": []}
    for _ in range(repetitions):
        with Browser(1200, 900) as browser:
            # The first page of a browser waits for its process, whatever the page is.
            browser.ask("Page.navigate", url=f"{url}openapi.json")
            browser.wait("location.href !== 'about:blank' && document.readyState === 'complete'")
            browser.ask("Page.addScriptToEvaluateOnNewDocument", source=SCRIPT)
            browser.ask("Page.navigate", url=url)
            browser.wait("window.location.pathname === '/' && draws.some(({ version }) => version > 0)")
            times["first"].append(browser.run("draws[0].at"))
            times["whole"].append(browser.run("draws.find(({ version }) => version > 0).at"))
            entries = "performance.getEntriesByType('resource')"
            sent = browser.run(f"{entries}.reduce((sum, {{ transferSize }}) => sum + transferSize, 0)")
            end = browser.run("document.querySelector('.plot').plot.frame.xScale.high")
            for part in (0.5, 0.1):
                low = end * (1 - part) // 2
                times["zoom"].append(browser.run(f"zoomed({low}, {low + end * part})"))
                times["hover"] += [
                    hover(browser, folder, low + end * part * place) for place in (0.2, 0.5, 0.8)
                ]
            # Of a file that is not a page, Chromium asks for an icon.
            assert all("favicon.ico" in complaint for complaint in browser.complaints), browser.complaints
    return times, sent


def hover(browser: Browser, folder: Path, age: float) -> float:
    """Points at an interval of about this age, and checks that what the page says of it is recorded."""
    with sqlite3.connect(folder / "population.sqlite") as database:
        (x, y) = database.execute(
            "SELECT end_age, score FROM intervals WHERE end_age = ? ORDER BY sequence LIMIT 1", [int(age)]
        ).fetchone()
        place = """(() => {{
          const {{ base, frame }} = document.querySelector('.plot').plot;
          const box = base.getBoundingClientRect();
          return [box.left + frame.x({}), box.top + frame.y({})];
        }})()"""
        pointer = browser.run(place.format(x, y))
        before = browser.run("moves.length")
        browser.move(*pointer)
        browser.wait(f"moves.length > {before}")
        tip = browser.run(
            "!document.querySelector('.tip').hidden && document.querySelector('.tip').innerText"
        )
        found = re.search(r"member ([\d,]+) · age ([\d,]+)\nscore ([\d.]+)", tip or "")
        assert found, f"the pointer is on nothing: {tip}"
        member, told_age = (int(found[number].replace(",", "")) for number in (1, 2))
        (score,) = database.execute(
            "SELECT score FROM intervals WHERE member = ? AND end_age = ?", [member, told_age]
        ).fetchone()
    assert math.isclose(score, float(found[3]), rel_tol=1e-3), f"{tip} is not {score}"
    there = browser.run(place.format(told_age, score))
    assert sum((a - b) ** 2 for a, b in zip(pointer, there, strict=True)) < REACH**2, f"{tip} is elsewhere"
    return float(browser.run(f"moves[{before}].at - moves[{before}].from"))


def resident(process: subprocess.Popen[str]) -> float:
    """Megabytes of a process at the most."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    """Measure."""
    with bench(__doc__) as measured:
        columns = [
            "intervals",
            "loaded",
            "first picture",
            "all intervals",
            "zoom",
            "pointer",
            "sent, MB",
            "server, MB",
        ]
        table = Table("dashboard", "Milliseconds, median (least-most), 1200 x 900 pixels, no GPU:", columns)
        for members, intervals in SIZES[: 1 if measured.quick else None]:
            folder = large_run(measured, members, intervals)
            with served([measured.poptrain, "dashboard", str(folder), "--port", "0"]) as (server, url):
                begun = time.perf_counter()
                urllib.request.urlopen(f"{url}runs/{folder.name}/run.json").read()
                loaded = time.perf_counter() - begun
                times, sent = shown(url, folder, measured.repetitions)
                cells = [told(values, 1e3) for values in times.values()]
                more = [f"{sent / 1e6:.1f}", f"{resident(server):.0f}"]
                table.row(f"{members} x {intervals}", f"{loaded * 1e3:.0f}", *cells, *more, **times)
        table.save()


if __name__ == "__main__":
    main()
