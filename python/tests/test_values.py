"""Metrics: which values are numbers, and what is said about those that are not."""

from __future__ import annotations

import math
import random
from collections import OrderedDict, deque
from collections.abc import Callable
from decimal import Decimal
from types import MappingProxyType

import numpy
import pytest

import poptrain
from poptrain.values import wire_metrics
from tests.conftest import train
from tests.engine import FakeEngine

Begin = Callable[..., poptrain.Interval]


class ItemOnly:
    """A scalar of a library that has `.item()` alone."""

    def __init__(self, value: object) -> None:
        self.value = value

    def item(self) -> object:
        if isinstance(self.value, Exception):
            raise self.value
        return self.value

    def __repr__(self) -> str:
        return "ItemOnly"


class FloatOnly:
    def __float__(self) -> float:
        return 0.25


class LoudFloat(float):
    def __repr__(self) -> str:
        return "not a number at all"


class LoudInt(int):
    def __repr__(self) -> str:
        return "nor this"


@pytest.fixture
def reported(begin: Begin, engine: FakeEngine) -> Callable[..., dict[str, object]]:
    """What arrives of metrics."""

    def reported(*arguments: object, **named: object) -> dict[str, object]:
        interval = begin()
        try:
            interval.log({"ok": 1})
            train(interval)
            interval.report(*arguments, **named)  # type: ignore[arg-type]
        except TypeError:
            engine.answer()
            raise
        metrics = engine.answer()[-1]["metrics"]
        assert isinstance(metrics, dict)
        return metrics

    return reported


Reported = Callable[..., dict[str, object]]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.91, 0.91),
        (0.0, 0.0),
        (1, 1),
        (True, 1),
        (-3, -3),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (2**53, 2**53),
        (2**53 + 2, float(2**53 + 2)),
        (-(2**53) - 2, -float(2**53 + 2)),
        (10**400, "Infinity"),
        (-(10**400), "-Infinity"),
        (LoudFloat(0.5), 0.5),
        (LoudInt(5), 5),
        (Decimal("0.5"), 0.5),
        (FloatOnly(), 0.25),
        (ItemOnly(0.75), 0.75),
        (ItemOnly(math.nan), "NaN"),
        (numpy.float32(0.5), 0.5),
        (numpy.float64(0.1), 0.1),
        (numpy.float16(0.5), 0.5),
        (numpy.int64(7), 7),
        (numpy.uint8(7), 7),
        (numpy.bool_(True), 1),
        (numpy.float32("nan"), "NaN"),
        (numpy.array(0.5), 0.5),
        (numpy.array([0.5]), 0.5),
        (numpy.array([[0.5]]), 0.5),
        (numpy.array([0.5, 0.25]), [0.5, 0.25]),
        (numpy.array([1, -math.inf]), [1.0, "-Infinity"]),
        ([0.5, 1, math.nan], [0.5, 1, "NaN"]),
        ((0.5, 0.25), [0.5, 0.25]),
        (deque([0.5, 0.25]), [0.5, 0.25]),
        ([0.5], [0.5]),
        ([numpy.float32(0.5), ItemOnly(0.25), True], [0.5, 0.25, 1]),
    ],
    ids=repr,
)
def test_a_number_of_any_library_arrives_as_one(reported: Reported, value: object, expected: object) -> None:
    metric = reported(accuracy=value)["accuracy"]
    assert metric == expected
    assert type(metric) is type(expected)
    assert reported({"a": value}) == {"a": expected}


class Unspeakable:
    """An object of which nothing can be told."""

    def __repr__(self) -> str:
        raise RuntimeError("no words")

    def __float__(self) -> float:
        raise RuntimeError("no number")


NO_NUMBERS = [
    "0.9",
    b"0.9",
    1j,
    {},
    {"a": 1},
    object(),
    ["0.9"],
    [0.5, None, "x"],
    [[0.5, 0.25]],
    numpy.ones((2, 2)),
    numpy.float32,
    numpy.array("0.9"),
    ItemOnly("0.9"),
    ItemOnly(RuntimeError("a tensor of two elements has no item")),
    {0.5},
    (x for x in [0.5]),
    Unspeakable(),
]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: type(value).__name__)
def test_a_metric_that_is_no_number_is_left_out_and_named(
    begin: Begin, engine: FakeEngine, value: object
) -> None:
    interval = begin()
    interval.log({"loss": 0.5, "val/logged": value})
    interval.log({"val/logged": value})
    train(interval)
    interval.report({"loss": 0.5, "val/accuracy": value})
    *logged, done = engine.unread()
    assert [message["metrics"] for message in logged] == [{"loss": 0.5}, {}]
    assert done["metrics"] == {"loss": 0.5}
    assert done["left_out"].keys() == {"val/logged", "val/accuracy"}
    assert all(what.startswith("is ") for what in done["left_out"].values())


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: type(value).__name__)
def test_a_report_without_any_number_is_refused_by_name(reported: Reported, value: object) -> None:
    with pytest.raises(TypeError, match="'val/accuracy' is"):
        reported({"val/accuracy": value})


@pytest.mark.parametrize(
    "value",
    [None, [], (), numpy.array([]), [None], (None, None), ItemOnly(None), numpy.array([None])],
    ids=repr,
)
def test_what_has_no_value_yet_is_told_as_such(begin: Begin, engine: FakeEngine, value: object) -> None:
    interval = begin()
    interval.log(sharpe=value)
    train(interval)
    interval.report(sharpe=value)
    logged, done = engine.unread()
    assert logged["metrics"] == {}
    assert done["metrics"] == {"sharpe": None}
    assert "left_out" not in done


def test_evaluations_without_a_value_are_left_out_of_a_list(reported: Reported) -> None:
    assert reported(sharpe=[None, 0.5, None, math.nan]) == {"sharpe": [0.5, "NaN"]}


def test_floats_arrive_bit_by_bit(reported: Reported) -> None:
    random_number = random.Random(3)
    values = {
        f"m{i}": random_number.uniform(-1, 1) * 10.0 ** random_number.randrange(-300, 300) for i in range(500)
    }
    assert reported(values) == values


@pytest.mark.parametrize(
    "name", ["val/top-5", "", "ä→ß", "line\nbreak", "\u2028", '"', "\\", "\x00", "self", "metrics"]
)
def test_a_name_holds_any_characters(reported: Reported, name: str) -> None:
    assert reported({name: 0.5}) == {name: 0.5}
    assert reported(**{name: 0.5}) == {name: 0.5}


def test_half_a_character_becomes_a_question_mark(reported: Reported) -> None:
    assert reported({"\ud800": 0.5}) == {"?": 0.5}


def test_dictionary_and_keywords_are_merged(reported: Reported) -> None:
    assert reported({"val/loss": 0.5}, accuracy=0.25) == {"val/loss": 0.5, "accuracy": 0.25}
    assert reported(MappingProxyType(OrderedDict(a=1))) == {"a": 1}


@pytest.mark.parametrize(
    ("arguments", "named", "complaint"),
    [
        ((), {}, "no metrics"),
        (({},), {}, "no metrics"),
        ((0.9,), {}, "by name"),
        (([("a", 1)],), {}, "by name"),
        (({"a": 1},), {"a": 2}, "'a' is given twice"),
        (({1: 0.5},), {}, "the metric '1 .int.' has a name that is not a string"),
    ],
)
def test_what_a_report_must_be_given(
    reported: Reported, arguments: tuple[object, ...], named: dict[str, object], complaint: str
) -> None:
    with pytest.raises(TypeError, match=complaint):
        reported(*arguments, **named)


def test_a_metric_without_a_name_is_left_out(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    train(interval)
    interval.report({1: 0.5, "a": 1})  # type: ignore[dict-item]
    (done,) = engine.unread()
    assert (done["metrics"], done["left_out"]) == ({"a": 1}, {"1 (int)": "has a name that is not a string"})


def test_a_list_longer_than_an_interval_may_log_is_left_out(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    train(interval)
    interval.report(error=1.0, more=numpy.zeros(100_001))
    (done,) = engine.unread()
    assert done["metrics"] == {"error": 1.0}
    why = "has 100001 values, and at most 100000 are taken: report their mean"
    assert done["left_out"] == {"more": why}
    assert wire_metrics({"as many": [0.5] * 100_000})[1] == {}


def test_log_refuses_what_is_given_without_names(begin: Begin) -> None:
    with pytest.raises(TypeError, match="by name"):
        begin().log(0.5)  # type: ignore[arg-type]
