"""The results of runs that the program has trained."""

from __future__ import annotations

import json
import math
import os
import re
import stat
import sys
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import pytest

import poptrain
from poptrain import records
from poptrain.records import Record
from tests.program import Experiment

TRAINER = """
import poptrain

for interval in poptrain.intervals():
    x = float((interval.checkpoint / "x").read_text()) if interval.checkpoint else 10.0
    for step in interval.steps:
        x -= interval["learning_rate"] * 2 * x
        if step == interval.start:
            interval.log(error=x * x)
    (interval.save_to / "x").write_text(repr(x))
    interval.hyperparameters.values()
    interval.report({"val/loss": float("nan"), "whole": 3}, error=x * x)
"""

HYPERPARAMETERS = {
    "learning_rate": {"log_uniform": [0.0001, 0.03]},
    "layers": {"integer": [1, 8]},
    "mixed": {"choice": ["a", 1, 1.5, True]},
    "constant": 1.0,
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    folder = tmp_path_factory.mktemp("trained")
    experiment = Experiment(folder, TRAINER, population_size=8, hyperparameters=HYPERPARAMETERS)
    experiment.train()
    return experiment


@pytest.fixture
def run(trained: Experiment, on_path: None) -> poptrain.Run:
    return poptrain.Run(trained.run_folder)


def same(record: Record, printed: dict[str, Any]) -> bool:
    """Whether a record has everything that was printed, of the same types."""

    def plain(value: object) -> object:
        if isinstance(value, Path):
            return str(value)
        if isinstance(value, Record):
            return {known.name: plain(getattr(value, known.name)) for known in fields(value)}
        if isinstance(value, tuple):
            return [plain(each) for each in value]
        if isinstance(value, dict):
            return {name: plain(each) for name, each in value.items()}
        return "NaN" if isinstance(value, float) and math.isnan(value) else value

    kept = plain(record)
    assert isinstance(kept, dict)
    # repr tells 1 from 1.0 and True.
    return repr(kept) == repr({name: printed[name] for name in kept})


def test_everything_that_the_program_prints_is_there(run: poptrain.Run, trained: Experiment) -> None:
    assert run.best is not None
    assert same(run.best, trained.ask("best", "--json"))
    status = trained.ask("status", "--json")
    assert same(run.status, status)
    for member, printed in zip(run.members, status["members"], strict=True):
        assert same(member, printed)
    assert (run.state, run.status.ending, len(run.members)) == ("finished", "budget", 8)
    assert same(run.lineage, trained.ask("lineage", "--json"))
    assert len(run.lineage.copies) > 0
    rows = trained.ask("export", "--format", "jsonl")
    assert len(rows) == 24
    for interval, row in zip(run.intervals(), rows, strict=True):
        assert same(interval, row)
        assert len(interval.evaluations) == 1


def test_the_best_models_checkpoint_and_values(run: poptrain.Run) -> None:
    best = run.best
    assert best is not None
    x = float((best.checkpoint / "x").read_text())
    assert best.score == best.metrics["error"] == x * x
    assert math.isnan(best.metrics["val/loss"])
    member = run.members[best.member]
    assert (member.score, member.checkpoint, member.age) == (best.score, best.checkpoint, best.age)
    values = best.hyperparameters
    assert values["constant"] == 1.0
    assert [type(values[name]) for name in ("learning_rate", "layers", "constant")] == [float, int, float]


def test_a_schedule_trains_the_same_model(run: poptrain.Run, trained: Experiment) -> None:
    schedule = run.schedule()
    printed = trained.ask("schedule", "--json")
    for segment, segment_printed in zip(schedule, printed["schedule"], strict=True):
        assert same(segment, segment_printed)
    assert (schedule.steps, schedule.total_steps, schedule.run_id) == (60, 60, printed["run_id"])
    x = 10.0
    for step in range(schedule.steps):
        x -= schedule(step)["learning_rate"] * 2 * x
    assert run.best is not None
    assert x * x == run.best.score


def test_a_schedule_is_a_sequence_that_can_be_called(run: poptrain.Run) -> None:
    schedule = run.schedule()
    assert len(schedule) == len(list(schedule)) > 1
    assert schedule[0].start == 0
    assert schedule[-1].stop == 60
    assert schedule[:1] == (schedule[0],)
    for segment in schedule:
        assert schedule(segment.start) == schedule(segment.stop - 1) == segment.hyperparameters
    assert schedule(10**9) == schedule[-1].hyperparameters
    with pytest.raises(ValueError, match="not -1"):
        schedule(-1)
    with pytest.raises(TypeError):
        schedule(0.5)  # type: ignore[arg-type]
    schedule(0).clear()
    assert schedule(0) == schedule[0].hyperparameters


def test_the_schedule_of_a_member(run: poptrain.Run, trained: Experiment) -> None:
    for member in range(8):
        assert run.schedule(member=member).checkpoint == run.members[member].checkpoint
    with pytest.raises(poptrain.RunError, match=r"there is no member 8.*schedule .*/runs/test --json"):
        run.schedule(member=8)


def test_records_do_not_change_and_are_shown_briefly(run: poptrain.Run) -> None:
    best = run.best
    assert best is not None
    with pytest.raises(FrozenInstanceError):
        best.age = 3  # type: ignore[misc]
    assert repr(run) == f"Run('{run.path}')"
    shown = repr(best)
    assert shown.startswith(f"Best(member={best.member}, score={best.score:.4g}, age=60, ")
    assert shown.endswith(f"checkpoint='{best.checkpoint}')")
    intervals = run.intervals()
    interval = intervals[-1]
    assert " donor=" not in repr(interval).partition("copy=")[0]  # it has copied nobody
    begun = {(each.copy.sequence, each.copy.donor) for each in intervals if each.copy is not None}
    assert begun
    assert begun <= {(copy.sequence, copy.donor) for copy in run.lineage.copies}
    assert f"started_at_seconds={interval.started_at_seconds:.0f}" in repr(interval)
    first, *segments = repr(run.schedule()).splitlines()
    assert first == "<schedule of test, 60 steps"
    assert len(segments) == len(run.schedule())
    assert segments[0].startswith("   0 to ")


def test_a_frame_has_the_columns_of_the_csv(run: poptrain.Run, trained: Experiment) -> None:
    pytest.importorskip("pandas")
    frame = run.frame()
    rows = run.intervals()
    assert len(frame) == len(rows)
    assert frame["hyperparameters.learning_rate"].tolist() == [
        row.hyperparameters["learning_rate"] for row in rows
    ]
    assert frame["score"].tolist() == [row.score for row in rows]
    assert frame["metrics.val/loss"].isna().all()
    header = trained.print("export", "--format", "csv").splitlines()[0]
    assert sorted(frame.columns) == sorted(header.split(","))
    assert str(frame["donor"].dtype) == "Int64"
    assert str(frame["hyperparameters.layers"].dtype) == "int64"
    mixed = [row.hyperparameters["mixed"] for row in rows]
    assert repr(frame["hyperparameters.mixed"].tolist()) == repr(mixed)


def test_without_pandas_a_frame_says_what_to_do(run: poptrain.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.delitem(sys.modules, "poptrain.frame", raising=False)
    with pytest.raises(ImportError, match=r"pandas is not installed: pip install pandas\. Run\.intervals"):
        run.frame()


WAITING = """
import pathlib
import poptrain

for interval in poptrain.intervals():
    if interval.start == 20:
        open("held").read()  # until the test opens the pipe
    for step in interval.steps:
        pass
    (interval.save_to / "x").write_text("x")
    interval.report(error=interval["learning_rate"])
"""


def test_a_run_that_is_being_trained(tmp_path: Path, on_path: None) -> None:
    os.mkfifo(tmp_path / "held")
    experiment = Experiment(
        tmp_path,
        WAITING,
        population_size=1,
        workers=1,
        exploit="none",
        hyperparameters={"learning_rate": 0.5},
    )
    with experiment.start() as running:
        with (tmp_path / "held").open("w"):  # waits for the second interval
            run = poptrain.Run(experiment.run_folder)
            assert run.state == "running"
            assert [interval.number for interval in run.intervals()] == [1]
            best = run.best
            assert best is not None
            assert best.age == 20
        running.communicate()
    assert run.state == "finished"
    assert [interval.number for interval in run.intervals()] == [1, 2, 3]
    assert best.age == 20


def test_a_run_without_a_model(tmp_path: Path, on_path: None) -> None:
    experiment = Experiment(tmp_path, "raise SystemExit('no')", hyperparameters=HYPERPARAMETERS)
    experiment.train(status=69)
    run = poptrain.Run(experiment.run_folder)
    assert run.best is None
    assert run.state == "stopped"
    assert run.intervals() == []
    assert [member.checkpoint for member in run.members] == [None] * 4
    with pytest.raises(poptrain.RunError, match="there is no best model yet"):
        run.schedule()
    with pytest.raises(poptrain.RunError, match="member 2 has no model yet"):
        run.schedule(member=2)


def test_a_folder_that_is_no_run(tmp_path: Path, on_path: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-x").mkdir()
    for name in ("nowhere", "-x"):
        with pytest.raises(poptrain.RunError, match=rf"{tmp_path}/{name} is not a run; `poptrain run"):
            poptrain.Run(name)


def test_without_the_program(trained: Experiment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(poptrain.Error, match="the program poptrain is neither on PATH nor"):
        poptrain.Run(trained.run_folder)


@pytest.fixture
def other_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of another version, to be written by the test."""
    path = tmp_path / "poptrain"
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    path.touch(stat.S_IRWXU)
    return path


OTHER = r"of different versions: install the version of the program here"
OLDER = """#!/bin/sh
echo "Error: Unknown option '--json'
Usage: poptrain" >&2
exit 64
"""


def test_an_older_program(other_program: Path, tmp_path: Path) -> None:
    other_program.write_text(OLDER)
    with pytest.raises(poptrain.RunError, match=f"Unknown option '--json'. {other_program}.*{OTHER}"):
        poptrain.Run(tmp_path)
    other_program.write_text('#!/bin/sh\necho "{}"\n')
    with pytest.raises(poptrain.RunError, match=f"tells no 'name' of a Status. .*{OTHER}"):
        _ = poptrain.Run(tmp_path).status
    other_program.write_text("#!/bin/sh\n")
    with pytest.raises(poptrain.RunError, match=f"status printed 0 lines, not one. .*{OTHER}"):
        poptrain.Run(tmp_path)
    other_program.write_text("#!/bin/sh\necho finished\n")
    with pytest.raises(poptrain.RunError, match=f"status printed no JSON. .*{OTHER}"):
        poptrain.Run(tmp_path)


def test_fields_of_a_newer_program_are_skipped() -> None:
    printed = {"member": 1, "living": 2, "since": "now"}
    assert records.Ancestor.read(printed) == records.Ancestor(member=1, living=2)


def test_a_program_that_dies(other_program: Path, tmp_path: Path) -> None:
    other_program.write_text("#!/bin/sh\nkill -9 $$\n")
    with pytest.raises(poptrain.RunError, match=rf"exit status -9 .`{other_program} status "):
        poptrain.Run(tmp_path)
    other_program.write_bytes(b"\x7fELF of another machine")
    with pytest.raises(poptrain.RunError, match=f"{other_program} cannot be started: "):
        poptrain.Run(tmp_path)


@pytest.mark.parametrize("name", ["curves", "founders", "lineage", "schedule", "scatter", "parallel"])
def test_a_figure_is_a_specification_and_a_picture(run: poptrain.Run, name: str) -> None:
    figure = run.figure(name)
    assert set(figure) == {"data", "layout"}
    shown = figure._repr_mimebundle_(include=None, exclude=None)
    assert shown["application/vnd.plotly.v1+json"] == figure
    assert shown["image/svg+xml"] == figure.svg
    assert figure.svg.startswith("<svg ")
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
    assert re.fullmatch(r"<figure '.+', \d+ traces>", repr(figure))


@pytest.mark.parametrize("name", ["family", "--help", ""])
def test_there_is_no_such_figure(run: poptrain.Run, name: str) -> None:
    with pytest.raises(poptrain.RunError):
        run.figure(name)
