"""A run is followed into a tracker that is a file: while it goes on, when it is extended, after a kill.

The trackers themselves are tested with the frameworks.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest

from poptrain.follow import follower as follower_module
from poptrain.follow.follower import Follower
from poptrain.follow.points import Numbering, Point
from poptrain.follow.reading import Reader
from tests.engine import PATIENCE
from tests.following import Lines, Run
from tests.program import needs_program


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
from tests.following import Lines

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
