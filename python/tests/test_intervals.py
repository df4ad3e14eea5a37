"""The loop that a trainer is made of, over the public names alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import poptrain
from tests.engine import EngineThread, FakeEngine


def test_the_loop_trains_saves_and_reports_until_the_end(managed: FakeEngine) -> None:
    engine = EngineThread(
        managed,
        [
            {"start": 0, "stop": 4, "hyperparameters": {"learning_rate": 0.5}},
            {"start": 4, "stop": 7, "hyperparameters": {"learning_rate": 2.0}},
        ],
    )
    seen = []
    for interval in poptrain.intervals():
        model = json.loads((interval.checkpoint / "model").read_text()) if interval.checkpoint else 0.0
        for step in interval.steps:
            seen.append(step)
            model += interval["learning_rate"]
        (interval.save_to / "model").write_text(json.dumps(model))
        interval.report(accuracy=model)
    assert seen == [0, 1, 2, 3, 4, 5, 6]
    assert engine.answers() == [
        {
            "type": "done",
            "interval": "3-1-token",
            "metrics": {"accuracy": 2.0},
            "in_force": {"learning_rate": 0.5},
            "read": ["learning_rate"],
        },
        {
            "type": "done",
            "interval": "3-2-token",
            "metrics": {"accuracy": 8.0},
            "in_force": {"learning_rate": 2.0},
            "read": ["learning_rate"],
        },
    ]


def test_an_interval_says_what_it_is(managed: FakeEngine, tmp_path: Path) -> None:
    asked = poptrain.intervals()
    hello = managed.accept()
    assert hello == {
        "type": "hello",
        "protocol": 1,
        "client": f"poptrain-python/{poptrain.__version__}",
        "capacity": 1,
    }
    sent = managed.assign(start=60, stop=120, number=2, checkpoint=str(tmp_path), warm=True)
    interval = next(asked)
    assert (interval.start, interval.stop, interval.total_steps) == (60, 120, 100)
    assert (interval.member, interval.number, interval.seed) == (3, 2, 913402)
    assert interval.run_id == "run-7"
    assert interval.checkpoint == tmp_path
    assert interval.save_to == Path(sent["save_to"])
    assert interval.warm is True
    assert interval.is_evaluation is False
    assert repr(interval) == "<interval 2 of member 3, ages 60 to 120>"


@pytest.mark.parametrize("kind", ["evaluate", "test"])
@pytest.mark.parametrize("steps", [None, 0])
@pytest.mark.parametrize("batches", [0, 2])
def test_an_evaluation_measures_and_saves_nothing(
    managed: FakeEngine, tmp_path: Path, batches: int, steps: int | None, kind: str
) -> None:
    asked = poptrain.intervals()
    managed.accept()
    managed.assign(kind=kind, start=60, stop=60, checkpoint=str(tmp_path))
    interval = next(asked)
    assert interval.is_evaluation
    assert interval.is_test == (kind == "test")
    assert list(interval.steps) == []
    assert interval.done
    assert interval.save_to.is_dir()
    with pytest.raises(poptrain.Error, match="trains nothing"):
        interval.report(accuracy=0.5, steps=3)
    interval.advance(batches)
    assert not interval.stop_requested
    managed.send("stop_requested")
    assert interval.stop_requested
    interval.report(accuracy=0.5, steps=steps)
    answer = managed.receive()
    assert answer is not None
    assert answer["metrics"] == {"accuracy": 0.5}
    assert "steps" not in answer


def test_next_interval_and_intervals_are_one_session(managed: FakeEngine) -> None:
    engine = EngineThread(managed, [{}, {}, {}])
    first = poptrain.next_interval()
    assert first is not None
    first.fail("one")
    for interval in poptrain.intervals():
        interval.fail("two")
        break
    last = poptrain.next_interval()
    assert last is not None
    last.fail("three")
    assert poptrain.next_interval() is None
    assert poptrain.next_interval() is None
    assert list(poptrain.intervals()) == []
    assert [answer["message"] for answer in engine.answers()] == ["one", "two", "three"]


def test_who_takes_one_interval_is_not_given_several(managed: FakeEngine) -> None:
    asked = poptrain.intervals()
    managed.accept()
    managed.send("train", intervals=[managed.interval(member=1), managed.interval(member=2)])
    with pytest.raises(poptrain.Error, match="2 intervals at once of a trainer that takes one"):
        next(asked)


def test_standalone_has_no_effect_under_poptrain(managed: FakeEngine) -> None:
    engine = EngineThread(managed, [{}])
    for interval in poptrain.intervals(standalone={"learning_rate": "?"}, steps=-1):
        interval.fail(f"rate {interval['learning_rate']}")
    assert engine.answers()[0]["message"] == "rate 0.013"


@pytest.mark.parametrize("ask", [poptrain.intervals, poptrain.next_interval])
def test_without_poptrain_the_error_says_how_to_run_by_hand(process: pytest.MonkeyPatch, ask: object) -> None:
    assert callable(ask)
    assert not poptrain.is_managed()
    with pytest.raises(poptrain.Error, match=r"not started by Poptrain.*standalone=\{"):
        ask()


def test_is_managed_under_poptrain(managed: FakeEngine) -> None:
    assert poptrain.is_managed()


def test_another_protocol_is_refused_before_connecting(
    managed: FakeEngine, process: pytest.MonkeyPatch
) -> None:
    process.setenv("POPTRAIN_PROTOCOL", "2")
    with pytest.raises(poptrain.Error, match="protocol 2, this client 1"):
        poptrain.intervals()


def test_no_engine_at_the_socket(process: pytest.MonkeyPatch, tmp_path: Path) -> None:
    process.setenv("POPTRAIN_SOCKET", str(tmp_path / "nobody"))
    with pytest.raises(poptrain.Error, match=r"nobody.*one connection"):
        poptrain.next_interval()
