"""Running by hand, without Poptrain."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy
import pytest

import poptrain
from tests.conftest import save, train
from tests.engine import Trainer

pytestmark = pytest.mark.usefixtures("process")

RATES = {"learning_rate": 3e-4}


def test_one_interval_of_all_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "runs" / "out"
    seen = []
    for interval in poptrain.intervals(standalone=RATES, steps=1000, save_to=str(out)):
        assert (interval.start, interval.stop, interval.total_steps) == (0, 1000, 1000)
        assert (interval.member, interval.number, interval.seed) == (0, 1, 0)
        assert interval.run_id == "standalone"
        assert interval.checkpoint is None
        assert interval.save_to == out / "checkpoint-1"
        assert not interval.warm
        assert not interval.is_evaluation
        assert not interval.stop_requested
        interval.heartbeat()
        for step in interval.steps:
            seen.append(step)
            assert interval["learning_rate"] == 3e-4
            if step == 499:
                interval.log({"accuracy": 0.25})
        train(interval)
        interval.report({"val/loss": float("nan")}, accuracy=[numpy.float64(0.5), 1])
    assert seen == list(range(1000))
    assert capsys.readouterr().out == (
        "steps 0 to 1000, fresh: learning_rate=0.0003\n"
        "step 500 of 1000: accuracy 0.25\n"
        f"step 1000 of 1000: val/loss NaN, accuracy [0.5, 1], saved in {out}/checkpoint-1\n"
    )


def test_several_intervals_each_from_the_checkpoint_before(tmp_path: Path) -> None:
    seen = []
    checkpoint = None
    for interval in poptrain.intervals(
        standalone={}, steps=150, save_to=tmp_path, interval=60, seed=2**32 - 60
    ):
        assert interval.checkpoint == checkpoint
        assert not interval.warm  # it is to load
        seen.append((interval.number, interval.start, interval.stop, interval.seed))
        train(interval)
        interval.report(accuracy=0.5)
        checkpoint = interval.save_to
    assert seen == [(1, 0, 60, 2**32 - 60), (2, 60, 120, 0), (3, 120, 150, 60)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "checkpoint-1",
        "checkpoint-2",
        "checkpoint-3",
    ]


def test_the_next_interval_starts_where_this_one_really_ended(tmp_path: Path) -> None:
    seen = []
    trained = iter([50, 65, 80, 5])
    for interval in poptrain.intervals(standalone={}, steps=200, save_to=tmp_path, interval=60):
        seen.append((interval.start, interval.stop))
        assert list(interval.save_to.iterdir()) == []
        assert interval.save_to != interval.checkpoint
        train(interval)
        interval.report(accuracy=0.5, steps=next(trained))
    assert seen == [(0, 60), (50, 110), (115, 175), (195, 200)]


def test_next_interval_by_hand(tmp_path: Path) -> None:
    ages = []
    while (
        interval := poptrain.next_interval(standalone=RATES, steps=4, save_to=tmp_path, interval=2)
    ) is not None:
        while not interval.done:
            ages.append(interval.step)
            interval.advance()
        train(interval)
        interval.report(accuracy=0.5)
    assert ages == [0, 1, 2, 3]
    assert poptrain.next_interval(standalone=RATES, steps=4, save_to=tmp_path, interval=2) is None
    other = poptrain.next_interval(standalone=RATES, steps=4, save_to=tmp_path / "other", interval=2)
    assert other is not None


def test_intervals_by_hand_start_anew_each_time(tmp_path: Path) -> None:
    for _ in range(2):
        interval = next(poptrain.intervals(standalone=RATES, steps=4, save_to=tmp_path))
        assert interval.number == 1


def test_an_end_that_was_forgotten(tmp_path: Path) -> None:
    asked = poptrain.intervals(standalone=RATES, steps=4, save_to=tmp_path)
    next(asked)
    with pytest.raises(poptrain.Error, match="was not ended"):
        next(asked)


def test_nothing_saved(tmp_path: Path) -> None:
    interval = next(poptrain.intervals(standalone=RATES, steps=4, save_to=tmp_path))
    interval.advance(4)
    with pytest.raises(poptrain.Error, match="nothing was saved"):
        interval.report(accuracy=0.5)


@pytest.mark.parametrize("steps", [None, 0])
def test_nothing_trained(tmp_path: Path, steps: int | None) -> None:
    interval = next(poptrain.intervals(standalone=RATES, steps=4, save_to=tmp_path))
    save(interval)
    with pytest.raises(poptrain.Error, match="no steps were trained: 4 were asked for"):
        interval.report(accuracy=0.5, steps=steps)


def test_what_has_no_value_and_what_is_no_number_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    interval = next(poptrain.intervals(standalone=RATES, steps=4, save_to=tmp_path))
    train(interval)
    interval.report(sharpe=None, note="warm-up", loss=0.5)
    assert capsys.readouterr().out == (
        "steps 0 to 4, fresh: learning_rate=0.0003\n"
        f"step 4 of 4: sharpe not measured yet, loss 0.5, saved in {tmp_path}/checkpoint-1\n"
        "warning: the metric 'note' is 'warm-up' (str): it is left out\n"
    )


def test_without_a_folder_it_saves_into_a_temporary_one() -> None:
    folders = []
    for interval in poptrain.intervals(standalone={}, steps=4, interval=2):
        assert interval.checkpoint is None or (interval.checkpoint / "model").exists()
        folders.append(interval.save_to.parent)
        train(interval)
        interval.report(accuracy=0.5)
    assert folders[0] == folders[1]
    assert folders[0].exists()
    del interval  # as long as it is there, so is its folder
    next(poptrain.intervals(standalone={}, steps=4))  # the next run by hand has one of its own
    assert not folders[0].exists()


@pytest.mark.parametrize(
    ("rate", "at_end", "is_right"),
    [(3e-4, 3e-4, True), (numpy.float32(3e-4), 3e-4, True), (0.1, 3e-4, False), (3e-4, 0.1, False)],
)
def test_what_is_applied_is_compared_as_by_poptrain(
    tmp_path: Path, rate: float, at_end: float, is_right: bool
) -> None:
    asked = poptrain.intervals(
        standalone={**RATES, "name": "sgd", "nesterov": True, "decay": float("inf")},
        steps=4,
        save_to=tmp_path,
        interval=2,
    )
    train(interval := next(asked))
    rates = iter([rate, at_end])
    interval.applied(learning_rate=lambda: next(rates), name="sgd", nesterov=True, decay=float("inf"))
    if is_right:
        interval.report(accuracy=0.5)
        assert next(asked).number == 2
    else:
        with pytest.raises(poptrain.Error, match=r"learning_rate was given as 0.0003, but 0.1 was in force"):
            interval.report(accuracy=0.5)
        with pytest.raises(poptrain.Error, match=r"interval 1 ended as failed: learning_rate was given"):
            next(asked)


@pytest.mark.parametrize(("name", "value"), [("name", "adam"), ("nesterov", False), ("nesterov", 1)])
def test_texts_and_booleans_are_compared_too(tmp_path: Path, name: str, value: object) -> None:
    values = {"name": "sgd", "nesterov": True}
    train(interval := next(poptrain.intervals(standalone=values, steps=4, save_to=tmp_path)))
    interval.applied({name: value})
    with pytest.raises(poptrain.Error, match=f"{name} was given as {values[name]}, but {value} was in force"):
        interval.report(accuracy=0.5)


def test_a_member_by_hand_copies_nobody(tmp_path: Path) -> None:
    asked = poptrain.intervals(standalone=RATES, steps=4, save_to=tmp_path, interval=2)
    train(first := next(asked))
    first.report(accuracy=0.5)
    second = next(asked)
    assert (second.member_start, second.member_step, second.donor, second.is_copy) == (2, 2, None, False)


@pytest.mark.parametrize(("end", "word"), [("fail", "failed"), ("invalid", "invalid")])
def test_a_failure_ends_the_run(tmp_path: Path, end: str, word: str) -> None:
    asked = poptrain.intervals(standalone=RATES, steps=4, save_to=tmp_path, interval=2)
    getattr(next(asked), end)("no space")
    with pytest.raises(poptrain.Error, match=f"interval 1 ended as {word}: no space"):
        next(asked)


def test_checkpoints_of_an_earlier_run_are_not_touched(tmp_path: Path) -> None:
    (tmp_path / "checkpoint-1").mkdir()  # empty: of a run that saved nothing
    (tmp_path / "checkpoint-777").mkdir()
    (tmp_path / "checkpoint-777" / "model").write_text("weights")
    with pytest.raises(poptrain.Error, match=r"checkpoint-777 is there already.*resumes nothing"):
        poptrain.intervals(standalone=RATES, steps=4, save_to=tmp_path, interval=2)
    (tmp_path / "checkpoint-777" / "model").unlink()
    assert next(poptrain.intervals(standalone=RATES, steps=4, save_to=tmp_path, interval=2)).stop == 2


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"save_to": "out"}, poptrain.Error),
        ({"steps": 0, "save_to": "out"}, poptrain.Error),
        ({"steps": 4, "save_to": "out", "interval": 0}, poptrain.Error),
        ({"steps": 1e3, "save_to": "out"}, TypeError),
        ({"steps": 4, "save_to": "out", "seed": 0.5}, TypeError),
        ({"steps": 4, "save_to": "out", "standalone": {"learning_rate": None}}, TypeError),
    ],
    ids=repr,
)
def test_arguments_that_make_no_sense(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: dict[str, object], error: type[Exception]
) -> None:
    monkeypatch.chdir(tmp_path)
    ask: Callable[..., object] = poptrain.intervals
    with pytest.raises(error):
        ask(**{"standalone": RATES, **arguments})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("given", "declared"), [(0.1, math.inf), (math.inf, 0.1), (math.inf, -math.inf)])
def test_an_infinite_value_is_only_itself(tmp_path: Path, given: float, declared: float) -> None:
    interval = next(poptrain.intervals(standalone={"decay": given}, steps=4, save_to=tmp_path))
    interval.applied(decay=declared)
    train(interval)
    with pytest.raises(poptrain.Error, match="decay was given as"):
        interval.report(accuracy=0.5)


SCRIPT = """
import sys
import poptrain

for interval in poptrain.intervals(standalone={"learning_rate": 0.5}, steps=6, save_to="out", interval=3):
    model = float((interval.checkpoint / "model").read_text()) if interval.checkpoint else 0.0
    for step in interval.steps:
        model += interval["learning_rate"]
    (interval.save_to / "model").write_text(str(model))
    interval.report(accuracy=model)
print(sys.argv[1:])
"""


def test_a_script_by_hand(start: Callable[..., Trainer]) -> None:
    trainer = start(SCRIPT, arguments=["--help", "steps=9"])
    assert trainer.wait() == 0
    assert trainer.output == (
        "steps 0 to 3, fresh: learning_rate=0.5\n"
        "step 3 of 6: accuracy 1.5, saved in out/checkpoint-1\n"
        "steps 3 to 6, from out/checkpoint-1: learning_rate=0.5\n"
        "step 6 of 6: accuracy 3.0, saved in out/checkpoint-2\n"
        "['--help', 'steps=9']\n"
    )
    assert (trainer.log.parent / "out" / "checkpoint-2" / "model").read_text() == "3.0"
