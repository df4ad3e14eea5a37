"""The dashboards of Optuna and TensorBoard with 100 curves: time to the first picture, and bytes sent.

python3 -m venv DIR && DIR/bin/pip install optuna optuna-dashboard tensorboard
python3 benchmarks/peers/dashboards.py DIR/bin
"""

import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "python")]

from tests.browser import Browser  # noqa: E402

from measure import told  # noqa: E402

MEMBERS, INTERVALS, REPETITIONS = 100, 500, 3

OPTUNA = """
import random, sys, optuna
optuna.logging.disable_default_handler()
study = optuna.create_study(storage="sqlite:///" + sys.argv[1] + "/optuna.sqlite", direction="maximize")
study.add_trials([
    optuna.trial.create_trial(
        params={"x": random.random()}, distributions={"x": optuna.distributions.FloatDistribution(0, 1)},
        value=random.random(),
        intermediate_values={step: random.random() for step in range(int(sys.argv[3]))})
    for _ in range(int(sys.argv[2]))])
"""
TENSORBOARD = """
import random, sys
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter
for member in range(int(sys.argv[2])):
    writer = EventFileWriter(f"{sys.argv[1]}/logs/{member}")
    for step in range(int(sys.argv[3])):
        value = Summary.Value(tag="score", simple_value=random.random())
        writer.add_event(Event(step=step, wall_time=step, summary=Summary(value=[value])))
    writer.close()
"""
# When there is a curve: in Optuna's page as a shape, in TensorBoard's with the last values in a table below.
OPTUNA_DRAWN = "document.querySelector('.js-plotly-plot .trace path, .js-plotly-plot canvas')"
TENSORBOARD_DRAWN = "document.body.innerText.includes('Smoothed')"


def first_picture(url: str, drawn: str) -> tuple[float, int]:
    """Seconds from navigation until a curve is drawn, and bytes sent until then."""
    with Browser(1200, 900) as browser:
        browser.ask("Page.navigate", url=urljoin(url, "/favicon.ico"))
        time.sleep(1)
        browser.ask("Page.navigate", url=url)
        browser.wait("location.pathname !== '/favicon.ico' && document.body")
        browser.wait(drawn)
        seconds = browser.run("performance.now() / 1e3")
        entries = "performance.getEntriesByType('resource')"
        return seconds, browser.run(f"{entries}.reduce((sum, {{ transferSize }}) => sum + transferSize, 0)")


def main() -> None:
    """Measure one after the other."""
    programs = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        sizes = [folder, str(MEMBERS), str(INTERVALS)]
        for code in (OPTUNA, TENSORBOARD):
            subprocess.run([str(programs / "python"), "-c", code, *sizes], check=True)
        optuna = [programs / "optuna-dashboard", f"sqlite:///{folder}/optuna.sqlite", "--port", "8391"]
        tensorboard = [programs / "tensorboard", "--logdir", f"{folder}/logs", "--port", "8392"]
        servers = [
            (optuna, "http://localhost:8391/dashboard/studies/1", OPTUNA_DRAWN),
            (tensorboard, "http://localhost:8392/#timeseries", TENSORBOARD_DRAWN),
        ]
        for command, url, drawn in servers:
            with subprocess.Popen(
                list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ) as server:
                try:
                    wait(url)
                    found = [first_picture(url, drawn) for _ in range(REPETITIONS)]
                finally:
                    server.terminate()
            seconds, sent = zip(*found, strict=True)
            print(f"{command[0].name}: {told(list(seconds), 1e3)} ms, {max(sent) / 1e6:.1f} MB", flush=True)


def wait(url: str) -> None:
    """Waits until a server answers."""
    while True:
        try:
            urllib.request.urlopen(url)
            return
        except urllib.error.URLError:
            time.sleep(0.1)


main()
