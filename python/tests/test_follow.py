"""A run is followed into a tracker that is a file: while it goes on, when it is extended, after a kill.

The trackers themselves are tested with the frameworks.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from poptrain.follow import follower as follower_module
from poptrain.follow.follower import Follower
from poptrain.follow.points import Numbering, Point
from poptrain.follow.reading import Reader, Unreadable
from tests.engine import PACKAGE, PATIENCE
from tests.lines import Lines

BUILT = [
    path for kind in ("debug", "release") if (path := PACKAGE.parent / ".build" / kind / "poptrain").exists()
]
needs_program = pytest.mark.skipif(not BUILT, reason="the program is not built: `swift build`")

TRAINER = """
import os, poptrain

for interval in poptrain.intervals():
    x = float((interval.checkpoint / "x").read_text()) if interval.checkpoint else 10.0
    for step in interval.steps:
        x *= 1 - interval["rate"]
        if step % 5 == 2:
            interval.log(loss=x)
    if interval.member == 0 and interval.number == 2 and os.path.exists("gate"):
        open("gate").read()
    (interval.save_to / "x").write_text(str(x))
    interval.report(loss=x, odd=float("nan") if interval.number == 2 else 1.0)
"""
EXPERIMENT: dict[str, Any] = {
    "name": "shrink",
    "trainer": {"command": [sys.executable, "train.py"]},
    "metric": "loss",
    "mode": "min",
    "population_size": 4,
    "steps": 40,
    "interval": 10,
    "workers": 2,
    "seed": 1,
    "exploit": {"truncation": {"quantile_fraction": 0.5}},
    "hyperparameters": {"rate": {"log_uniform": [1e-4, 0.5]}, "kind": {"choice": ["a", "b"]}},
}


class Run:
    """An experiment in a folder."""

    def __init__(self, folder: Path) -> None:
        self.program = max(BUILT, key=lambda path: path.stat().st_mtime)
        self.folder = folder
        self.path = folder / "runs" / "shrink"
        self.environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
        (folder / "train.py").write_text(TRAINER)
        (folder / "experiment.yaml").write_text(json.dumps(EXPERIMENT))

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """A command of the program."""
        return subprocess.Popen(
            [str(self.program), *map(str, arguments)],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def train(self, *arguments: object) -> None:
        process = self.start("run", "experiment.yaml", *arguments)
        output = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, output

    def follow(self, tracker: Lines) -> Follower:
        """Follows to the end."""
        follower = Follower(Reader(self.program, str(self.path)), tracker)
        assert follower.follow(Event())
        assert tracker.finished
        return follower

    def intervals(self) -> list[dict[str, Any]]:
        return list(Reader(self.program, str(self.path)).intervals(0))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(follower_module, "PAUSE", 0.01)
    return Run(tmp_path)


@needs_program
def test_each_member_has_a_curve_over_its_own_steps(run: Run, tmp_path: Path) -> None:
    run.train()
    lines = Lines(tmp_path / "lines")
    run.follow(lines)
    copies = 0
    for member in range(4):
        points = lines.read(member)
        assert [point["number"] for point in points] == list(range(len(points)))
        steps = [point["steps"] for point in points]
        assert steps == sorted(steps)
        expected = []
        for row in run.intervals():
            if row["member"] != member:
                continue
            start, shift = row["start_steps"], row["start_steps"] - row["start_age"]
            if row["copy"] is not None:
                expected.append((start, {"copies/donor": row["copy"]["donor"]}))
                copies += 1
            for logged in row["evaluations"]:
                expected.append((logged["age"] + shift, {"metrics/loss": logged["metrics"]["loss"]}))
            odd = float("nan") if row["number"] == 2 else 1.0
            end = {
                "age": row["end_age"],
                "score": row["score"],
                "metrics/loss": row["score"],
                "metrics/odd": odd,
                "hyperparameters/rate": row["hyperparameters"]["rate"],
                "hyperparameters/kind": row["hyperparameters"]["kind"],
            }
            expected.append((start + row["steps"], end))
        # As text, in which NaN is NaN.
        assert json.dumps([[steps, values] for steps, values in expected], sort_keys=True) == json.dumps(
            [[point["steps"], point["values"]] for point in points], sort_keys=True
        )
    assert copies > 0


@needs_program
def test_a_run_is_followed_while_it_is_trained(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")

    class Opening(Lines):
        """Lets the run go on when it has got its first points."""

        def send(self, points: Sequence[Point]) -> None:
            super().send(points)
            if (tmp_path / "gate").exists():
                assert training.poll() is None
                (tmp_path / "gate").open("w").close()
                (tmp_path / "gate").unlink()

    with run.start("run", "experiment.yaml", "--json") as training:
        assert training.stdout is not None
        assert json.loads(training.stdout.readline())["event"] == "started"
        live = Opening(tmp_path / "live")
        run.follow(live)
        training.communicate(timeout=PATIENCE)
    assert not (tmp_path / "gate").exists()
    afterwards = Lines(tmp_path / "afterwards")
    run.follow(afterwards)
    assert live.everything() == afterwards.everything()


@needs_program
def test_an_extended_run_and_members_that_join_go_on_where_they_were(run: Run, tmp_path: Path) -> None:
    run.train()
    lines = Lines(tmp_path / "lines")
    follower = run.follow(lines)
    before = lines.everything()
    run.train("--steps", 60, "--population-size", 6)
    assert follower.follow(Event())
    after = lines.everything()
    assert all(after[name].startswith(text) and after[name] != text for name, text in before.items())
    assert len(after) == 6
    # Who joins a population at work copies before it has trained anything.
    assert "copies/donor" in lines.read(5)[0]["values"]
    again = Lines(tmp_path / "again")
    run.follow(again)
    assert again.everything() == after
    assert run.follow(again).sent == 0


@needs_program
def test_killed_between_two_points_it_repeats_none_and_loses_none(run: Run, tmp_path: Path) -> None:
    run.train()
    script = """
import os, signal, sys
from pathlib import Path
from threading import Event
from poptrain.follow.follower import Follower
from poptrain.follow.reading import Reader
from tests.lines import Lines

class Killed(Lines):
    left = 7

    def send(self, points):
        for point in points:
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            super().send([point])
            self.left -= 1

Follower(Reader(Path(sys.argv[1]), sys.argv[2]), Killed(Path(sys.argv[3]))).follow(Event())
"""
    command = [sys.executable, "-c", script, str(run.program), str(run.path), str(tmp_path / "killed")]
    ends: list[int] = []
    while not ends or ends[-1] != 0:
        ends.append(subprocess.run(command, env=run.environment, timeout=PATIENCE).returncode)
        assert ends[-1] in (0, -signal.SIGKILL)
    assert len(ends) > 3
    undisturbed = Lines(tmp_path / "undisturbed")
    run.follow(undisturbed)
    assert Lines(tmp_path / "killed").everything() == undisturbed.everything()


@needs_program
def test_told_to_stop_it_sends_what_there_is_and_ends(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")  # at which one member waits
    training = run.start("run", "experiment.yaml", "--json")
    assert training.stdout is not None
    while json.loads(training.stdout.readline())["event"] != "interval":
        pass
    training.kill()
    training.communicate(timeout=PATIENCE)
    stop = Event()
    stop.set()
    lines = Lines(tmp_path / "lines")
    assert not Follower(Reader(run.program, str(run.path)), lines).follow(stop)
    assert lines.finished is False
    assert lines.everything()


def test_a_copy_says_what_was_copied() -> None:
    interval = {
        "member": 3,
        "start_steps": 20,
        "start_age": 30,
        "steps": 10,
        "end_age": 40,
        "score": None,
        "started_at_seconds": 1.0,
        "finished_at_seconds": 2.0,
        "hyperparameters": {"rate": 0.5, "kind": "a"},
        "metrics": {"loss": "NaN"},
        "evaluations": [{"age": 35, "metrics": {"loss": "-Infinity"}}],
        "copy": {"donor": 1, "inherits": "weights", "age": 30, "score": None, "donor_score": 0.25},
    }
    copy, logged, end = Numbering().points(interval)
    assert copy.copy == (
        "copied the weights of member 1 at age 30, score 0.25 (no score of its own); "
        "goes on with rate=0.5, kind=a"
    )
    assert (copy.steps, copy.seconds, copy.values) == (20, 1.0, {"copies/donor": 1})
    assert (logged.steps, logged.seconds, logged.values) == (25, 2.0, {"metrics/loss": float("-inf")})
    assert "score" not in end.values
    interval["copy"] |= {"inherits": "both", "score": 0.125}  # type: ignore[operator]
    assert "weights and hyperparameters of member 1 at age 30, score 0.25 (own score 0.125)" in str(
        next(Numbering().points(interval)).copy
    )


@needs_program
def test_what_cannot_be_read_is_said_as_the_program_says_it(run: Run, tmp_path: Path) -> None:
    with pytest.raises(
        Unreadable, match=r"holds no run; `poptrain run experiment\.yaml` starts one"
    ) as caught:
        Reader(run.program, str(tmp_path)).status()
    assert caught.value.status == 65


@needs_program
@pytest.mark.parametrize(
    ("tracker", "package"),
    [
        (["--tensorboard", "out"], "tensorboard"),
        (["--mlflow", "sqlite:///x"], "mlflow"),
        (["--wandb"], "wandb"),
        (["--trackio"], "trackio"),
    ],
)
def test_a_missing_package_is_named(run: Run, tmp_path: Path, tracker: list[str], package: str) -> None:
    run.train()
    # A file that cannot be imported stands for a package that is not there.
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / f"{package}.py").write_text(
        f"raise ModuleNotFoundError(\"No module named '{package}'\", name='{package}')"
    )
    run.environment |= {
        "PYTHONPATH": f"{tmp_path / 'without'}:{PACKAGE}",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    process = run.start("follow", run.path, *tracker)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 69
    assert errors.startswith(
        f"error: No module named '{package}': install it with `{Path(sys.prefix).resolve()}/"
    )
    assert errors.endswith(f" -m pip install {package}`\n")


@needs_program
def test_a_python_without_the_client_is_named(run: Run, tmp_path: Path) -> None:
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    (tmp_path / "python3").write_text(f'#!/bin/sh\nexec {python} -I "$@"\n')
    (tmp_path / "python3").chmod(0o755)
    run.environment |= {"PATH": str(tmp_path)}
    process = run.start("follow", "runs/shrink", "--wandb")
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 69
    assert errors.startswith("error: No module named 'poptrain': install the client with ")
    assert f"`{tmp_path}/python3 -m pip install poptrain==" in errors
    run.environment |= {"PATH": "/nowhere"}
    process = run.start("follow", "runs/shrink", "--wandb")
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 69
    assert errors.startswith("error: there is no python3, neither in ")


@needs_program
def test_the_python_beside_the_program_comes_first(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    run.program = Path(shutil.copy(run.program, tmp_path / "bin" / "poptrain"))
    (tmp_path / "bin" / "python3").write_text('#!/bin/sh\nshift 3\necho "$@"\n')
    (tmp_path / "bin" / "python3").chmod(0o755)
    process = run.start("follow", "-x; y", "--mlflow", "http://a b")
    printed, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, printed) == (64, ""), errors
    process = run.start("follow", "x; y", "--mlflow", "http://a b")
    printed, _ = process.communicate(timeout=PATIENCE)
    assert printed == f"--program {run.program} --mlflow http://a b -- x; y\n"


@needs_program
def test_one_tracker_is_named(run: Run) -> None:
    for trackers in [(), ("--wandb", "--trackio")]:
        process = run.start("follow", "runs/shrink", *trackers)
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 64
        assert "name one tracker: --tensorboard, --mlflow, --wandb or --trackio" in errors
