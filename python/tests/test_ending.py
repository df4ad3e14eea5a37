"""How an interval ends: exactly once, with something saved."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

import pytest

import poptrain
from poptrain.session import Session
from tests.conftest import save, train
from tests.engine import FakeEngine

Begin = Callable[..., poptrain.Interval]

ENDINGS: dict[str, Callable[[poptrain.Interval], None]] = {
    "report": lambda interval: interval.report(accuracy=0.5),
    "fail": lambda interval: interval.fail("the disk is full"),
    "invalid": lambda interval: interval.invalid("0 layers"),
}

ACTIONS: dict[str, Callable[[poptrain.Interval], object]] = {
    **ENDINGS,
    "log": lambda interval: interval.log({"accuracy": 0.5}),
    "declare what is applied": lambda interval: interval.applied(layers=2),
    "heartbeat": lambda interval: interval.heartbeat(),
    "take a step": lambda interval: interval.advance(),
    "take a step ": lambda interval: list(interval.steps),
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_can_be_said_after_the_end(
    begin: Begin, engine: FakeEngine, ending: str, action: str
) -> None:
    interval = begin()
    interval.advance()
    save(interval)
    ENDINGS[ending](interval)
    with pytest.raises(poptrain.Error, match=rf"cannot {action.strip()}: .* already ended by {ending}\(\)"):
        ACTIONS[action](interval)
    assert len(engine.unread()) == 1


def test_fail_and_invalid_say_why(begin: Begin, engine: FakeEngine) -> None:
    begin().fail("the disk is full")
    begin().invalid("kernel \u2028 larger\nthan the image")
    assert engine.unread() == [
        {"type": "failed", "interval": "3-1-token", "message": "the disk is full"},
        {"type": "invalid", "interval": "3-2-token", "message": "kernel \u2028 larger\nthan the image"},
    ]


def test_an_interval_that_is_forgotten_fails_and_the_error_says_so(
    begin: Begin, engine: FakeEngine, session: Session
) -> None:
    begin(number=2)
    with pytest.raises(poptrain.Error, match=r"interval 2 of member 3.* interval\.report\(") as caught:
        session.next_interval()
    message = engine.receive()
    assert message == {
        "type": "failed",
        "interval": "3-1-token",
        "message": str(caught.value),
        "retry": False,
    }
    begin().fail("and the session goes on")


def test_a_generator_that_goes_on_without_an_end(managed: FakeEngine) -> None:
    asked = poptrain.intervals()
    managed.accept()
    managed.assign()
    next(asked)
    with pytest.raises(poptrain.Error, match="was not ended"):
        next(asked)
    assert [message["type"] for message in managed.unread()] == ["failed"]


def test_a_forgotten_end_is_told_even_when_the_engine_is_gone(
    begin: Begin, engine: FakeEngine, session: Session
) -> None:
    begin()
    engine.hang_up()
    with pytest.raises(poptrain.Error, match="was not ended"):
        session.next_interval()


def breach(engine: FakeEngine, error: BaseException) -> None:
    """Looks whether the engine was told of the error, and that there is no use in trying again."""
    assert engine.unread() == [
        {"type": "failed", "interval": "3-1-token", "message": str(error), "retry": False}
    ]


def test_a_report_without_a_checkpoint_names_the_folder(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    interval.advance(10)
    with pytest.raises(poptrain.Error, match="nothing was saved") as caught:
        interval.report(accuracy=0.5)
    assert str(interval.save_to) in str(caught.value)
    breach(engine, caught.value)


@pytest.mark.parametrize("instead", ["nothing", "a file"])
def test_a_folder_that_was_removed_is_as_good_as_empty(begin: Begin, instead: str) -> None:
    interval = begin()
    interval.advance(10)
    interval.save_to.rmdir()
    if instead == "a file":
        interval.save_to.write_text("weights")
    with pytest.raises(poptrain.Error, match="nothing was saved"):
        interval.report(accuracy=0.5)


@pytest.mark.parametrize("metrics", [{}, {"accuracy": "good"}, {"a": {}, "b": "c"}, 0.5])
def test_a_report_without_a_number_is_told_and_not_tried_again(
    begin: Begin, engine: FakeEngine, metrics: Any
) -> None:
    interval = begin()
    train(interval)
    with pytest.raises(TypeError) as caught:
        interval.report(metrics)
    breach(engine, caught.value)


def test_who_catches_the_error_may_go_on(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    train(interval)
    try:
        interval.report(accuracy="good")
    except TypeError as error:
        interval.fail(str(error))  # says nothing twice
    with pytest.raises(poptrain.Error, match=r"already ended by an error: the metric 'accuracy' is 'good'"):
        interval.report(accuracy=0.5)
    begin().fail("and the session goes on")
    assert [message.get("retry") for message in engine.unread()] == [False, None]


def test_what_a_stop_may_have_cut_short_may_be_tried_again(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    engine.send("stop_requested")
    assert interval.stop_requested
    with pytest.raises(poptrain.Error, match="no steps were trained"):
        interval.report(accuracy=0.5)
    (message,) = engine.unread()
    assert "retry" not in message


class Witness(io.StringIO):
    """A stream that notes what the engine had received when it was flushed."""

    def __init__(self, engine: FakeEngine) -> None:
        super().__init__()
        self.engine = engine
        self.received: list[list[dict[str, object]]] = []

    def flush(self) -> None:
        self.received.append(self.engine.unread())


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("ending", ENDINGS)
def test_prints_are_flushed_before_the_end_is_told(
    begin: Begin, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, ending: str, stream: str
) -> None:
    interval = begin()
    train(interval)
    witness = Witness(engine)
    monkeypatch.setattr(sys, stream, witness)
    ENDINGS[ending](interval)
    assert witness.received == [[]]
    assert len(engine.unread()) == 1


class Unwilling(io.StringIO):
    """A stream that cannot be flushed."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def flush(self) -> None:
        raise self.error


@pytest.mark.parametrize("error", [None, OSError("no space left"), ValueError("closed file")], ids=repr)
def test_streams_that_cannot_be_flushed_do_no_harm(
    begin: Begin, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    interval = begin()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", None if error is None else Unwilling(error))
        interval.fail("quietly")
    assert engine.answer()[-1]["message"] == "quietly"


def test_a_report_too_long_for_a_line_is_refused(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    train(interval)
    with pytest.raises(poptrain.Error, match=r"bytes; a line may have 8388608") as caught:
        interval.report({"a" * 2**23: 0.5})
    breach(engine, caught.value)
