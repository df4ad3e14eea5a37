"""The loop that a trainer is made of, over the public names alone."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import poptrain
from tests.conftest import train
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


def test_saved_with_something_else_it_is_its_hyperparameters(managed: FakeEngine) -> None:
    engine = EngineThread(managed, [{"hyperparameters": {"learning_rate": 0.5, "layers": 2}}])
    for interval in poptrain.intervals():
        assert pickle.loads(pickle.dumps(interval)) == {"learning_rate": 0.5, "layers": 2}
        interval.advance(interval.stop)
        (interval.save_to / "model").touch()
        interval.report(accuracy=0.5)
    assert engine.answers()[0].get("read", []) == []


@pytest.mark.parametrize("kind", ["evaluate", "test"])
@pytest.mark.parametrize(
    ("counted", "given", "told"), [(0, None, None), (0, 0, None), (2, None, 2), (2, 0, None), (0, 3, 3)]
)
def test_an_evaluation_measures_and_saves_nothing(
    managed: FakeEngine, tmp_path: Path, counted: int, given: int | None, told: int | None, kind: str
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
    interval.advance(counted)
    assert not interval.stop_requested
    managed.send("stop_requested")
    assert interval.stop_requested
    interval.report(accuracy=0.5, steps=given)
    answer = managed.receive()
    assert answer is not None
    assert answer["metrics"] == {"accuracy": 0.5}
    assert answer.get("steps") == told  # it should not have trained; Poptrain says so


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
    with pytest.raises(poptrain.Error, match=r"not started by Poptrain.*standalone=.experiment.yaml"):
        ask()


def test_is_managed_under_poptrain(managed: FakeEngine) -> None:
    assert poptrain.is_managed()


def test_another_protocol_is_refused_before_connecting(
    managed: FakeEngine, process: pytest.MonkeyPatch
) -> None:
    process.setenv("POPTRAIN_PROTOCOL", "2")
    with pytest.raises(poptrain.Error, match=r"protocol 2, .* protocol 1: .*pip install poptrain=="):
        poptrain.intervals()


def test_no_engine_at_the_socket(process: pytest.MonkeyPatch, tmp_path: Path) -> None:
    process.setenv("POPTRAIN_SOCKET", str(tmp_path / "nobody"))
    with pytest.raises(poptrain.Error, match=r"nobody.*one connection"):
        poptrain.next_interval()


def test_the_package_shows_its_public_names_alone() -> None:
    assert dir(poptrain) == sorted(poptrain.__all__)


@pytest.mark.parametrize(
    "environment",
    [
        {"RANK": "1", "WORLD_SIZE": "2"},
        {"RANK": "3"},
        {"LOCAL_RANK": "1"},
        {"OMPI_COMM_WORLD_RANK": "1"},
        {"PMI_RANK": "12"},
        {"SLURM_PROCID": "1", "WORLD_SIZE": "2"},
    ],
    ids=repr,
)
@pytest.mark.parametrize(
    "ask", [poptrain.intervals, poptrain.next_interval, partial(poptrain.batches, capacity=2)]
)
def test_only_rank_0_may_ask(
    managed: FakeEngine, process: pytest.MonkeyPatch, environment: dict[str, str], ask: Callable[[], object]
) -> None:
    for name, value in environment.items():
        process.setenv(name, value)
    name = next(iter(environment))
    with pytest.raises(poptrain.Error, match=rf"rank \d+ \({name}=.*broadcast_object_list") as caught:
        ask()
    told = managed.accept(hello="failed")
    assert (told["message"], told["retry"]) == (str(caught.value), False)
    assert managed.receive() is None  # it says nothing else


@pytest.mark.parametrize(
    "environment",
    [
        {"RANK": "0", "WORLD_SIZE": "2"},
        {"RANK": "0", "LOCAL_RANK": "1", "OMPI_COMM_WORLD_RANK": "1"},
        {"RANK": "", "LOCAL_RANK": "0"},
        {"RANK": "first"},
        {"SLURM_PROCID": "7"},
        {"SLURM_PROCID": "7", "WORLD_SIZE": "1"},
    ],
    ids=repr,
)
def test_who_is_rank_0_or_no_rank_may_ask(
    managed: FakeEngine, process: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        process.setenv(name, value)
    poptrain.intervals()
    assert managed.accept()["type"] == "hello"


def test_a_file_of_the_checkpoint_is_there_or_it_is_said_what_is(
    begin: Callable[..., poptrain.Interval], tmp_path: Path
) -> None:
    first = begin()
    assert first.file("model.pt") is None
    first.invalid("no more of it")
    (tmp_path / "model.pt").touch()
    second = begin(checkpoint=str(tmp_path))
    assert second.file("model.pt") == tmp_path / "model.pt"
    with pytest.raises(
        poptrain.Error, match=r"no 'model\.zip' in the checkpoint .*, but model\.pt: save and load"
    ):
        second.file("model.zip")
    train(second)
    second.report(accuracy=0.5)  # who looks for an optional file goes on without it
