"""A run in each tracker, read back: however often it was killed, nothing is missing or there twice."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import shlex
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from population import PATIENCE, REPOSITORY, Population, environment, program

pytestmark = pytest.mark.filterwarnings("default")  # those of the trackers are theirs

TRAINER = """
import os, poptrain

for interval in poptrain.intervals():
    if interval.number == 2 and os.path.exists("gate"):
        open("gate").read()
    x = float((interval.checkpoint / "x").read_text()) if interval.checkpoint else 10.0
    for step in interval.steps:
        x *= 1 - interval["learning_rate"]
        if step % 10 == 5:
            interval.log({"loss": x * x})
    (interval.save_to / "x").write_text(str(x))
    odd = [float("nan"), float("inf"), float("-inf"), 1.0][interval.number % 4]
    interval.report({"loss": x * x, "odd@end": odd})
"""
HYPERPARAMETERS = {
    "learning_rate": {"log_uniform": [1e-4, 0.5]},
    "flavour": {"choice": ["plain", "new"]},
    "width": {"integer": [1, 9]},
}
# Follows as `poptrain follow` does, but is killed after some points, which reach the tracker one at a time.
KILLED = """
import os, signal, sys
from poptrain.follow import command, follower

points = int(sys.argv.pop(1))
make = command._tracker

class Killed:
    def __init__(self, tracker):
        self.tracker, self.left = tracker, points
        self.held, self.close = tracker.held, tracker.close

    def send(self, points):
        for point in points:
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            self.tracker.send([point])
            self.left -= 1

command._tracker = lambda *arguments: Killed(make(*arguments))
command.main()
"""

Curves = dict[tuple[int, str], list[tuple[int, Any]]]
"""By member and name: steps and values, in the order in which they were written."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Population:
    """A finished run with copies."""
    population = Population(
        tmp_path_factory.mktemp("run"), TRAINER, metric="loss", mode="min", hyperparameters=HYPERPARAMETERS
    )
    trained = population.run()
    assert trained.status == 0, trained.text
    return population


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No tracker asks a network for anything."""
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def expected(run: Population) -> Curves:
    """What every tracker is to hold, apart from what `adapted` says."""
    curves: Curves = defaultdict(list)
    for line in run.poptrain("export", "runs/run", "--format", "jsonl").text.splitlines():
        row = json.loads(line)
        start, end = row["start_steps"], row["start_steps"] + row["steps"]

        def add(name: str, steps: int, value: Any, member: int = row["member"]) -> None:
            curves[member, name].append((steps, value))

        if row["copy"]:
            add("copies/donor", start, float(row["copy"]["donor"]))
        for evaluation in row["evaluations"]:
            steps = start + evaluation["age"] - row["start_age"]
            add("metrics/loss", steps, evaluation["metrics"]["loss"])
        for name, value in row["metrics"].items():
            add(f"metrics/{name}", end, float(value))
        for name, value in row["hyperparameters"].items():
            add(f"hyperparameters/{name}", end, value if isinstance(value, str) else float(value))
        add("score", end, row["score"])
        add("age", end, float(row["end_age"]))
    assert any(name == "copies/donor" for _, name in curves)
    return curves


def adapted(curves: Curves, adapt: Callable[[Any], Any]) -> Curves:
    """The same with other values."""
    return {key: [(steps, adapt(value)) for steps, value in curve] for key, curve in curves.items()}


def comparable(curves: Curves) -> Curves:
    """The same where a NaN is like another."""
    return adapted(curves, lambda value: "NaN" if value != value else value)


def test_the_commands_of_the_page(run: Population, tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "trackers.md").read_text()
    commands = re.findall(r"^poptrain follow runs/digits (.*?)(?: +#.*)?$", page, re.MULTILINE)
    assert {command.split()[0] for command in commands} == {
        "--tensorboard",
        "--mlflow",
        "--wandb",
        "--trackio",
    }
    for command in commands:
        words = shlex.split(command.replace("boards/digits", f"{tmp_path}/boards"))
        follow(run, *(word.replace("sqlite:///", f"sqlite:///{tmp_path}/") for word in words))


def follow(run: Population, *tracker: str) -> str:
    """Follows to the end, and returns what was printed."""
    followed = run.poptrain("follow", "runs/run", *tracker)
    assert followed.status == 0, followed.text
    return followed.text


def follow_killed(run: Population, *tracker: str) -> None:
    """Follows, is killed after 5 points, then after 10 more and so on, until nothing is new."""
    for attempt in range(10):
        points = str(5 * 2**attempt)
        ended = subprocess.run(
            [sys.executable, "-c", KILLED, points, "--program", program(), "runs/run", *tracker],
            cwd=run.folder, env=environment(), timeout=PATIENCE, capture_output=True, text=True,
        )  # fmt: skip
        if ended.returncode == 0:
            return
        assert ended.returncode == -signal.SIGKILL, ended.stderr
    raise AssertionError("it gets nowhere")


def float32(value: Any) -> Any:
    return value if isinstance(value, str) else struct.unpack("f", struct.pack("f", value))[0]


# TensorBoard


def read_tensorboard(folder: Path) -> tuple[Curves, list[str]]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    curves: Curves = {}
    copies = []
    for member in sorted(folder.iterdir()):
        events = EventAccumulator(str(member), size_guidance={"scalars": 0, "tensors": 0}).Reload()
        number = int(member.name.removeprefix("member-"))
        for name in events.Tags()["scalars"]:
            curves[number, name] = [(event.step, event.value) for event in events.Scalars(name)]
        for name in events.Tags()["tensors"]:
            texts = [
                (event.step, event.tensor_proto.string_val[0].decode()) for event in events.Tensors(name)
            ]
            if name == "copies/what":
                copies += [text for _, text in texts]
            else:
                curves[number, name] = texts
    return curves, copies


@pytest.mark.parametrize("follow", [follow, follow_killed])
def test_tensorboard(run: Population, tmp_path: Path, follow: Callable[..., Any]) -> None:
    follow(run, "--tensorboard", str(tmp_path / "boards"))
    curves, copies = read_tensorboard(tmp_path / "boards")
    assert comparable(curves) == comparable(adapted(expected(run), float32))
    assert copies
    for copy in copies:
        assert re.match(
            r"copied the weights and hyperparameters of member \d at age \d+, score \S+ \(own score \S+\); "
            r"goes on with learning_rate=\S+, flavour=\w+, width=\d$",
            copy,
        )


def test_tensorboard_after_a_torn_write(run: Population, tmp_path: Path) -> None:
    follow(run, "--tensorboard", str(tmp_path / "boards"))
    before, copies = read_tensorboard(tmp_path / "boards")
    for member in (0, 1):
        (file,) = (tmp_path / "boards" / f"member-{member}").iterdir()
        os.truncate(file, file.stat().st_size * (1 + member) // 3)
    follow(run, "--tensorboard", str(tmp_path / "boards"))
    assert comparable(read_tensorboard(tmp_path / "boards")[0]) == comparable(before)
    assert sorted(read_tensorboard(tmp_path / "boards")[1]) == sorted(copies)
    assert follow(run, "--tensorboard", str(tmp_path / "boards")).startswith("0 points written")


def test_the_board_of_another_run_is_left_alone(run: Population, tmp_path: Path) -> None:
    follow(run, "--tensorboard", str(tmp_path / "boards"))
    other = run.poptrain("run", "experiment.yaml", "--run", str(tmp_path / "other"))
    assert other.status == 0, other.text
    refused = run.poptrain("follow", str(tmp_path / "other"), "--tensorboard", str(tmp_path / "boards"))
    assert refused.status == 74
    assert "holds another run: write this one into another folder" in refused.text


# MLflow


@pytest.fixture(scope="module")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own on this machine."""
    folder = tmp_path_factory.mktemp("mlflow")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--backend-store-uri", "sqlite:///mlflow.db", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", "--workers", "1", *options],
            cwd=folder, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/health"):
            break
        assert server.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < until
        time.sleep(0.1)
    yield address
    os.killpg(server.pid, signal.SIGTERM)
    server.wait()


def read_mlflow(uri: str) -> tuple[Curves, dict[str, str]]:
    """The curves, and the tags of all runs."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name("run")
    assert experiment is not None
    curves: Curves = {}
    tags: dict[str, str] = {}
    runs = client.search_runs([experiment.experiment_id])
    assert len(runs) == 4
    assert {run.info.status for run in runs} == {"FINISHED"}
    for found in runs:
        member = int(found.data.tags["poptrain.member"])
        for name in found.data.metrics:
            history = client.get_metric_history(found.info.run_id, name)
            points = sorted(history, key=lambda metric: (metric.timestamp, metric.step))
            curves[member, name] = [(metric.step, metric.value) for metric in points]
        tags |= {f"{member} {name}": value for name, value in found.data.tags.items()}
    return curves, tags


def as_in_mlflow(curves: Curves) -> Curves:
    """It has no infinities, no @ in names, and only the last of what is no number, as a tag."""
    largest = sys.float_info.max
    numbers = {key: curve for key, curve in curves.items() if not isinstance(curve[0][1], str)}
    finite = adapted(
        numbers, lambda value: max(-largest, min(largest, value)) if math.isinf(value) else value
    )
    return {(member, name.replace("@", "_")): curve for (member, name), curve in finite.items()}


@pytest.mark.parametrize("follow", [follow, follow_killed])
def test_mlflow(run: Population, tmp_path: Path, follow: Callable[..., Any]) -> None:
    follow(run, "--mlflow", f"sqlite:///{tmp_path}/mlflow.db")
    check_mlflow(run, f"sqlite:///{tmp_path}/mlflow.db")


def test_a_server_of_mlflow(run: Population, mlflow_server: str) -> None:
    follow_killed(run, "--mlflow", mlflow_server)
    check_mlflow(run, mlflow_server)
    assert follow(run, "--mlflow", mlflow_server).startswith("0 points written")


def check_mlflow(run: Population, uri: str) -> None:
    curves, tags = read_mlflow(uri)
    assert comparable(curves) == comparable(as_in_mlflow(expected(run)))
    copies = [value for name, value in tags.items() if "copies/" in name]
    assert len(copies) == sum(len(curve) for (_, name), curve in curves.items() if name == "copies/donor")
    assert all(re.match(r"at \d+ steps: copied the weights", copy) for copy in copies)
    assert {tags[f"{member} hyperparameters/flavour"] for member in range(4)} <= {"plain", "new"}


def test_mlflow_killed_within_a_batch(run: Population, tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    killed = """
import os, signal
from mlflow import MlflowClient
from poptrain.follow import main

whole = MlflowClient.log_batch

def half(self, run, metrics, params=(), tags=()):
    whole(self, run, metrics[: len(metrics) // 2])
    os.kill(os.getpid(), signal.SIGKILL)

MlflowClient.log_batch = half
main()
"""
    command = [sys.executable, "-c", killed, "--program", str(program()), "runs/run", "--mlflow", uri]
    ended = subprocess.run(command, cwd=run.folder, env=environment(), timeout=PATIENCE)
    assert ended.returncode == -signal.SIGKILL
    follow(run, "--mlflow", uri)
    check_mlflow(run, uri)


# Weights & Biases


@pytest.mark.parametrize("follow", [follow, follow_killed])
def test_weights_and_biases(run: Population, tmp_path: Path, follow: Callable[..., Any]) -> None:
    follow(run, "--wandb")
    check_wandb(run, tmp_path)
    assert follow_again(run, "--wandb").startswith("0 points written")


def test_weights_and_biases_after_a_torn_write(run: Population, tmp_path: Path) -> None:
    follow(run, "--wandb")
    for file in tmp_path.glob("wandb/offline-run-*/*-[01].wandb"):
        os.truncate(file, file.stat().st_size // 2)
    follow(run, "--wandb")
    check_wandb(run, tmp_path)


def check_wandb(run: Population, folder: Path) -> None:
    curves: Curves = defaultdict(list)
    copies = []
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for file in sorted(folder.glob("wandb/offline-run-*/*.wandb")):
        for record in read_wandb(file):
            if record.HasField("history"):
                row = {
                    item.key or item.nested_key[0]: json.loads(item.value_json)
                    for item in record.history.item
                }
                member = int(file.stem.rpartition("-")[2])
                assert (member, row["_step"]) not in rows
                rows[member, row["_step"]] = row
    for (member, _), row in sorted(rows.items()):
        for name, value in row.items():
            if name == "copies/what":
                copies.append(value)
            elif name != "steps" and not name.startswith("_"):
                curves[member, name].append((row["steps"], as_number(value)))
    assert comparable(curves) == comparable(expected(run))
    assert all(copy.startswith("copied the weights") for copy in copies)
    assert copies


def read_wandb(file: Path) -> Iterator[Any]:
    from poptrain.follow.wandb import _records

    return _records(file.read_bytes())


def as_number(value: Any) -> Any:
    """JSON has no NaN and no infinities: they are texts."""
    return float(value) if value in ("NaN", "Infinity", "-Infinity") or not isinstance(value, str) else value


follow_again = follow


# Trackio


@pytest.mark.parametrize("follow", [follow, follow_killed])
def test_trackio(run: Population, tmp_path: Path, follow: Callable[..., Any]) -> None:
    follow(run, "--trackio")
    curves: Curves = defaultdict(list)
    copies = []
    for name, rows in read_trackio(tmp_path).items():
        member = int(name.split("-")[1])
        for step, row in rows:
            for key, value in row.items():
                if key == "copies/what":
                    copies.append(value)
                else:
                    curves[member, key].append((step, as_number(value)))
    assert comparable(curves) == comparable(expected(run))
    assert all(copy.startswith("copied the weights") for copy in copies)
    assert copies
    assert follow_again(run, "--trackio").startswith("0 points written")


def read_trackio(folder: Path) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    """The rows of each run in its database."""
    (file,) = (folder / "trackio").glob("*.db")
    with contextlib.closing(sqlite3.connect(file)) as database:
        found = database.execute("SELECT run_name, step, metrics FROM metrics ORDER BY id").fetchall()
    rows: dict[str, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for name, step, metrics in found:
        rows[name].append((step, json.loads(metrics)))
    return rows


# While a run is trained


def test_ctrl_c_ends_what_waits_for_a_stopped_run(run: Population, tmp_path: Path) -> None:
    stopped = Population(tmp_path, TRAINER, metric="loss", mode="min", hyperparameters=HYPERPARAMETERS)
    os.mkfifo(tmp_path / "gate")  # at which a member waits
    command = [program(), "run", "experiment.yaml", "--json"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None
        while json.loads(started.stdout.readline())["event"] != "interval":
            pass
        started.kill()
    (tmp_path / "gate").unlink()
    command = [program(), "follow", "runs/run", "--tensorboard", "boards"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True
    ) as waiting:
        assert waiting.stderr is not None
        assert waiting.stderr.readline() == "runs/run is stopped: waiting until it is resumed; Ctrl-C ends\n"
        waiting.send_signal(signal.SIGINT)
        assert waiting.wait(PATIENCE) == 130
    assert stopped.run().status == 0
    follow(stopped, "--tensorboard", "boards")
    assert comparable(read_tensorboard(tmp_path / "boards")[0]) == comparable(
        adapted(expected(stopped), float32)
    )
