"""The dashboard with a large run: how soon it draws, zooms and answers the pointer, in headless Chromium."""

import json
import math
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from measure import REPOSITORY, Bench, Table, Work, bench, told

sys.path.insert(0, str(REPOSITORY / "python"))

from tests.browser import Browser

SIZES = [(100, 500), (2000, 500)]
FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def large_run(measured: Bench, members: int, intervals: int) -> Path:
    """A run as if it had been trained: one that was begun, with a history that is made up."""
    work = Work(members, intervals, capacity=50, durability="process")
    experiment, folder = measured.folder / "experiment.yaml", measured.folder / f"run-{members}"
    experiment.write_text(work.experiment)
    command = [measured.poptrain, "run", str(experiment), "--run", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        next(line for line in process.stdout if "  interval " in line)
        process.send_signal(signal.SIGTERM)
    database = sqlite3.connect(folder / "population.sqlite")
    for table in ("intervals", "decisions", "collections", "attempts", "evaluations"):
        database.execute(f"DELETE FROM {table}")
    (sequence,) = database.execute("SELECT max(sequence) FROM events").fetchone()
    sequence = make_history(database, members, intervals, sequence)
    database.execute(
        """
        UPDATE members SET state = 'done', steps = :n, age = :n, intervals = :n, decisions = :n,
          published = (SELECT max(sequence) FROM intervals WHERE member = id),
          checkpoint = (
            SELECT end_checkpoint FROM intervals WHERE member = id ORDER BY sequence DESC LIMIT 1
          )
        """,
        {"n": intervals},
    )
    database.execute(
        """
        UPDATE run SET sequence = ?, completed_intervals = (SELECT count(*) FROM intervals),
          best = (SELECT sequence FROM intervals ORDER BY score DESC LIMIT 1)
        """,
        [sequence],
    )
    database.commit()
    database.close()
    return folder


def make_history(database: sqlite3.Connection, members: int, intervals: int, sequence: int) -> int:
    """Noisy curves that saturate, and copies of the better fifth by the worse one."""
    dice = random.Random(1)
    quality = [0.0] * members
    values = [dice.random() for _ in range(members)]
    start: list[str | None] = [None] * members
    for number in range(1, intervals + 1):
        rows = []
        for member in range(members):
            sequence += 1
            quality[member] += max(
                0.0, (1 - quality[member]) * 0.02 * (0.5 + values[member]) * dice.gauss(1, 0.3)
            )
            score = quality[member] + dice.gauss(0, 0.01)
            end = f"{member}-{number}-0000000000000000"
            moment = 1.7e9 + sequence * 0.01
            rows.append(
                (
                    *(sequence, member, number, start[member], end, number - 1, number - 1, number),
                    *(json.dumps({"x": values[member]}), score, score, sequence, 0, f"t{sequence}"),
                    *(moment - 1, moment),
                )
            )
            start[member] = end
        database.executemany(
            """
            INSERT INTO intervals (sequence, member, number, kind, outcome, start_checkpoint, end_checkpoint,
              start_steps, steps, start_age, end_age, hyperparameters, score, selection, tie, metrics, seed,
              token, worker, started_at, finished_at)
            VALUES (?, ?, ?, 'train', 'completed', ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, '{}', ?, ?, 'host/1/0', ?, ?)
            """,
            rows,
        )
        order = sorted(range(members), key=quality.__getitem__)
        fifth = members // 5
        for worse in order[:fifth]:
            if dice.random() < 0.3:
                better = dice.choice(order[-fifth:])
                quality[worse], start[worse] = quality[better], start[better]
                values[worse] = min(1.0, values[better] * dice.choice([0.8, 1.25]))
    return sequence


def shown(url: str, repetitions: int) -> dict[str, list[float]]:
    """Seconds until the first picture, of a zoom, and of an answer to the pointer."""
    times: dict[str, list[float]] = {"first": [], "zoom": [], "hover": []}
    for _ in range(repetitions):
        with Browser(1200, 900) as browser:
            browser.open(url)
            times["first"].append(browser.run("Number(document.body.dataset.drawnAt)") / 1e3)
            end = browser.run("document.querySelector('.plot').plot.frame.xScale.high")
            for part in (0.5, 0.1):
                low = math.floor(end * (1 - part) / 2)
                begun = browser.run(
                    f"""(() => {{
                      const now = performance.now();
                      location.hash += '&x={low},{low + end * part}';
                      return now;
                    }})()"""
                )
                browser.wait(f"document.querySelector('.plot').plot.frame.xScale.low === {low}")
                times["zoom"].append((browser.run("Number(document.body.dataset.drawnAt)") - begun) / 1e3)
            # The points are sorted for the pointer when there is time for it.
            browser.run("new Promise((done) => requestIdleCallback(() => setTimeout(done, 300)))")
            browser.run(FRAMES)
            times["hover"] += browser.run(
                """(() => {
                  const { plot } = document.querySelector('.plot');
                  return Array.from({ length: 20 }, (_, index) => {
                    const begun = performance.now();
                    plot.on.point(200 + 40 * index, 120 + 5 * index);
                    return (performance.now() - begun) / 1e3;
                  });
                })()"""
            )
    return times


def resident(process: subprocess.Popen[str]) -> float:
    """Megabytes of a process at the most."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    """Measure."""
    with bench(__doc__) as measured:
        columns = ["intervals", "first picture", "zoom", "pointer", "sent, MB", "server ready", "server, MB"]
        table = Table("dashboard", "Milliseconds, median (least-most), 1200 x 900 pixels, no GPU:", columns)
        for members, intervals in SIZES[: 1 if measured.quick else None]:
            folder = large_run(measured, members, intervals)
            begun = time.perf_counter()
            command = [measured.poptrain, "dashboard", str(folder), "--port", "0"]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
                try:
                    assert server.stdout
                    url = next(
                        found.group() for line in server.stdout if (found := re.search(r"http://\S+", line))
                    )
                    rows = f"{url.rstrip('/')}/runs/{folder.name}/rows?from=0&values=0"
                    size = len(urllib.request.urlopen(rows).read())
                    ready = time.perf_counter() - begun
                    times = shown(url, measured.repetitions)
                    cells = [told(times[name], 1e3) for name in ("first", "zoom", "hover")]
                    more = [f"{size / 1e6:.1f}", f"{ready * 1e3:.0f}", f"{resident(server):.0f}"]
                    table.row(f"{members} x {intervals}", *cells, *more, **times)
                finally:
                    server.terminate()
        table.save()


main()
