"""Hyperparameters: their values, what counts as read, and what is in force."""

from __future__ import annotations

import copy
import math
import pickle
import random
from collections.abc import Callable
from typing import Any

import numpy
import pytest

import poptrain
from poptrain.hyperparameters import Hyperparameters
from tests.conftest import train
from tests.engine import FakeEngine

Begin = Callable[..., poptrain.Interval]
NAMES = ["learning_rate", "layers", "augmentation", "nesterov"]


def done(interval: poptrain.Interval, engine: FakeEngine) -> dict[str, Any]:
    train(interval)
    interval.report(accuracy=0.5)
    return engine.answer()[-1]


def collect(**values: object) -> list[object]:
    return list(values.values())


@pytest.mark.parametrize("value", [0.0, 1.0, 1e-4, 5e-324, 0, 1, -7, 2**53, "flip", "", True, False])
def test_a_value_keeps_its_type_both_ways(begin: Begin, engine: FakeEngine, value: object) -> None:
    interval = begin(hyperparameters={"x": value})
    assert interval["x"] == value
    assert type(interval["x"]) is type(value)
    echo = done(interval, engine)["in_force"]["x"]
    assert echo == value
    assert type(echo) is type(value)


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_numbers_without_json_come_and_go_by_name(begin: Begin, engine: FakeEngine, name: str) -> None:
    interval = begin(hyperparameters={"clip": name})
    assert isinstance(interval["clip"], float)
    assert str(interval["clip"]) == str(float(name))
    assert done(interval, engine)["in_force"] == {"clip": name}


@pytest.mark.parametrize(
    ("read", "names"),
    [
        (lambda i: i["layers"], ["layers"]),
        (lambda i: i.hyperparameters["layers"], ["layers"]),
        (lambda i: i.hyperparameters.get("layers"), ["layers"]),
        (lambda i: (i["nesterov"], i["learning_rate"]), ["learning_rate", "nesterov"]),
        (lambda i: list(i.hyperparameters.items()), NAMES),
        (lambda i: list(i.hyperparameters.values()), NAMES),
        (lambda i: dict(i.hyperparameters), NAMES),
        (lambda i: {**i.hyperparameters}, NAMES),
        (lambda i: collect(**i.hyperparameters), NAMES),
        (lambda i: list(i.hyperparameters), []),
        (lambda i: list(i.hyperparameters.keys()), []),
        (lambda i: "layers" in i.hyperparameters, []),
        (lambda i: len(i.hyperparameters), []),
        (lambda i: repr(i.hyperparameters), []),
        (lambda i: i.hyperparameters.get("width", 64), []),
    ],
)
def test_what_counts_as_read(
    begin: Begin, engine: FakeEngine, read: Callable[[poptrain.Interval], object], names: list[str]
) -> None:
    interval = begin()
    given = dict(Hyperparameters(begin_values()).items())
    read(interval)
    message = done(interval, engine)
    assert message["read"] == names
    assert message["in_force"] == {name: given[name] for name in names}


def begin_values() -> dict[str, object]:
    return {"learning_rate": 0.013, "layers": 2, "augmentation": "flip", "nesterov": True}


def test_any_reads_and_declarations_are_put_together(begin: Begin, engine: FakeEngine) -> None:
    random_number = random.Random(11)
    given = begin_values()
    for _ in range(100):
        interval = begin()
        read = set()
        declared = {}
        for _ in range(random_number.randrange(8)):
            name = random_number.choice(NAMES)
            if random_number.random() < 0.5:
                assert interval[name] == given[name]
                read.add(name)
            else:
                value = random_number.random()
                interval.applied({name: value})
                declared[name] = value
        message = done(interval, engine)
        assert message["read"] == [name for name in NAMES if name in read]
        assert message["in_force"] == {**{name: given[name] for name in read}, **declared}


def test_the_order_is_the_files(begin: Begin) -> None:
    names = [f"h{n}" for n in random.Random(5).sample(range(100), 40)]
    interval = begin(hyperparameters=dict.fromkeys(names, 1))
    assert list(interval.hyperparameters) == names


def test_the_mapping_is_read_only(begin: Begin) -> None:
    hyperparameters: Any = begin().hyperparameters
    with pytest.raises(TypeError):
        hyperparameters["learning_rate"] = 1.0
    with pytest.raises(TypeError):
        del hyperparameters["learning_rate"]


def test_the_mapping_can_be_copied_and_sent_to_a_worker(begin: Begin) -> None:
    interval = begin()
    assert copy.deepcopy(interval.hyperparameters) == begin_values()
    assert pickle.loads(pickle.dumps(interval.hyperparameters)) == begin_values()
    assert repr(interval.hyperparameters) == f"Hyperparameters({begin_values()!r})"


def test_an_unknown_name_is_answered_with_the_nearest(begin: Begin) -> None:
    interval = begin()
    with pytest.raises(KeyError) as caught:
        interval["learnig_rate"]
    assert isinstance(caught.value, poptrain.UnknownHyperparameter)
    assert str(caught.value) == (
        "there is no hyperparameter 'learnig_rate'. Did you mean 'learning_rate'? "
        "The experiment has learning_rate, layers, augmentation, nesterov"
    )
    with pytest.raises(poptrain.Error, match=r"'zzz'\. The experiment has learning_rate, layers"):
        interval.hyperparameters["zzz"]
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_an_experiment_without_hyperparameters(begin: Begin, engine: FakeEngine) -> None:
    interval = begin(hyperparameters={})
    with pytest.raises(KeyError, match="The experiment has none"):
        interval["x"]
    message = done(interval, engine)
    assert (message["in_force"], message["read"]) == ({}, [])


# Applied


def test_a_declaration_overrides_what_was_read(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    assert interval["learning_rate"] == 0.013
    interval.applied(learning_rate=0.5)
    interval.applied({"layers": 9}, learning_rate=0.02)
    message = done(interval, engine)
    assert message["in_force"] == {"learning_rate": 0.02, "layers": 9}
    assert message["in_force_at_end"] == {"learning_rate": 0.02, "layers": 9}
    assert message["read"] == ["learning_rate"]


def test_its_former_name_does_the_same(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    interval.in_force(layers=9)
    assert done(interval, engine)["in_force"] == {"layers": 9}
    assert poptrain.Interval.in_force is poptrain.Interval.applied
    assert poptrain.Batch.in_force is poptrain.Batch.applied


def test_without_a_declaration_nothing_is_said_of_the_end(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    interval["layers"]
    assert "in_force_at_end" not in done(interval, engine)


class Variable:
    """A variable of some array library, which can be called as well."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __call__(self, *arguments: object) -> object:
        raise AssertionError("this is a value")

    def tolist(self) -> float:
        return self.value


def test_what_may_change_is_read_now_and_at_the_end(begin: Begin, engine: FakeEngine) -> None:
    interval = begin(hyperparameters=dict.fromkeys(["a", "b", "c", "d"], 0.5))
    group, array, variable = {"lr": 0.5}, numpy.array(0.5), Variable(0.5)
    interval.applied(a=lambda: group["lr"], b=array, c=variable, d=group["lr"])
    group["lr"] = variable.value = 0.25
    array[...] = 0.25
    message = done(interval, engine)
    assert message["in_force"] == {"a": 0.5, "b": 0.5, "c": 0.5, "d": 0.5}
    assert message["in_force_at_end"] == {"a": 0.25, "b": 0.25, "c": 0.25, "d": 0.5}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (numpy.float32(0.5), 0.5),
        (numpy.array([0.5]), 0.5),
        (numpy.int64(3), 3),
        (numpy.bool_(True), True),
        (numpy.str_("crop"), "crop"),
        ("crop", "crop"),
        (True, True),
        (math.inf, "Infinity"),
        (math.nan, "NaN"),
        (0.0, 0.0),
        (2**60, float(2**60)),
    ],
    ids=repr,
)
@pytest.mark.parametrize("is_function", [False, True])
def test_what_can_be_declared(
    begin: Begin, engine: FakeEngine, value: object, expected: object, is_function: bool
) -> None:
    interval = begin()
    interval.applied(layers=(lambda: value) if is_function else value)
    message = done(interval, engine)
    for declared in (message["in_force"]["layers"], message["in_force_at_end"]["layers"]):
        assert declared == expected
        assert type(declared) is type(expected)


@pytest.mark.parametrize("value", [None, [0.1], {}, numpy.ones(2), numpy.float32, object()], ids=repr)
@pytest.mark.parametrize("is_function", [False, True])
def test_what_cannot_be_declared(begin: Begin, engine: FakeEngine, value: object, is_function: bool) -> None:
    with pytest.raises(TypeError, match="'layers'") as caught:
        begin().applied(layers=(lambda: value) if is_function else value)
    (message,) = engine.unread()
    assert (message["message"], message["retry"]) == (str(caught.value), False)


def test_what_can_no_longer_be_read_at_the_end(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    values = iter([0.5, None])
    interval.applied(learning_rate=lambda: next(values))
    train(interval)
    with pytest.raises(TypeError, match="'learning_rate' is None"):
        interval.report(accuracy=0.5)
    (message,) = engine.unread()
    assert (message["type"], message["retry"]) == ("failed", False)


@pytest.mark.parametrize("function", [lambda: int("lr"), lambda step: 0.1, lambda: 1 / 0])
def test_a_function_that_fails_is_named(begin: Begin, function: Callable[..., object]) -> None:
    with pytest.raises(poptrain.Error, match=r"'learning_rate' could not be read.*raised") as caught:
        begin().applied(learning_rate=function)
    assert caught.value.__cause__ is not None


def test_a_function_that_fails_at_the_end_is_named(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    values = iter([0.013])
    interval.applied(learning_rate=lambda: next(values))
    train(interval)
    with pytest.raises(poptrain.Error, match=r"'learning_rate' could not be read.*raised StopIteration"):
        interval.report(accuracy=0.5)
    assert (
        engine.unread() == []
    )  # an accident, perhaps: the process ends with its traceback, and is tried again


def test_an_unknown_name_cannot_be_applied(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    with pytest.raises(poptrain.Error, match="Did you mean 'learning_rate'") as caught:
        interval.applied(layers=3, learning_rates=0.5)
    (message,) = engine.unread()
    assert (message["message"], message["retry"]) == (str(caught.value), False)


@pytest.mark.parametrize("values", [0.5, [("layers", 3)]], ids=repr)
def test_declarations_are_given_by_name(begin: Begin, values: Any) -> None:
    with pytest.raises(TypeError, match="by name"):
        begin().applied(values)
