"""A run in MLflow, read back: however often it was killed, nothing is missing or there twice."""

from __future__ import annotations

import contextlib
import math
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from followed import Curves, adapted, comparable, expected, follow, follow_killed
from population import PATIENCE, Population, environment, program

pytestmark = [
    pytest.mark.usefixtures("offline"),
    pytest.mark.filterwarnings("default"),  # those of the trackers are theirs
]


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
            cwd=folder, env={**os.environ, "DO_NOT_TRACK": "true"},
            stdout=log, stderr=log, start_new_session=True,
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
