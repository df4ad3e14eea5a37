"""Values on their way into a message: numbers of any array library become plain ones.

No array library is imported. Whatever has `.tolist()`, `.item()` or `float()` is asked for its plain value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

MOST_VALUES = 100_000
"""In one metric; Poptrain takes as many in an interval."""
LARGEST_INTEGER = 2**53
"""Above it, a reader of JSON that knows only 64-bit floats would change an integer silently."""

_NAMED_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def from_wire(value: object) -> object:
    """A hyperparameter's value as it arrived: JSON has no NaN and no infinities, so they come by name."""
    return _NAMED_NUMBERS.get(value, value) if isinstance(value, str) else value


def to_wire(value: int | float) -> int | float | str:
    """A number as JSON can hold it."""
    if isinstance(value, int):
        return value if abs(value) <= LARGEST_INTEGER else to_wire(_as_float(value))
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def by_name(kind: str, values: Mapping[str, object] | None, named: Mapping[str, object]) -> dict[str, object]:
    """Values from a dictionary and from keyword arguments, as one dictionary.

    Raises:
        TypeError: the dictionary is none, or a name is given twice.
    """
    if values is not None and not isinstance(values, Mapping):
        raise TypeError(f"{kind}s are given by name, name=0.9 or {{'name': 0.9}}, not as {_describe(values)}")
    for name in named:
        if values is not None and name in values:
            raise TypeError(f"the {kind} {name!r} is given twice")
    return {**(values or {}), **named}


class NotANumber(Exception):
    """A metric that is neither a number nor a flat list of numbers; the message says what it is instead."""


def wire_metrics(metrics: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
    """The metrics of a report or a log.

    Returns:
        The metrics, None where there is no value yet; and of the others, which are no numbers, what they are.

    Raises:
        TypeError: there are none at all.
    """
    if not metrics:
        raise TypeError("there are no metrics: give at least the experiment's own, such as accuracy=0.9")
    values: dict[str, object] = {}
    left_out: dict[str, str] = {}
    for name, value in metrics.items():
        if not isinstance(name, str):
            left_out[_describe(name)] = "has a name that is not a string"
            continue
        try:
            values[str(name)] = _wire_metric(value)
        except NotANumber as error:
            left_out[str(name)] = str(error)
        except Exception as error:  # the object's own
            left_out[str(name)] = (
                f"is {_describe(value)}, which cannot be converted to a plain value: {str(error)[:200]}"
            )
    return values, left_out


def no_number(left_out: Mapping[str, str]) -> TypeError:
    """The error for a report of which nothing is left."""
    wrong = "; ".join(f"the metric {name!r} {what}" for name, what in left_out.items())
    return TypeError(f"{wrong}. A metric is a number or a flat list of numbers")


def wire_hyperparameter(name: str, value: object) -> object:
    """The value of a hyperparameter that is in force: a number, a text or a boolean.

    Raises:
        TypeError: it is none of these; the message names the hyperparameter.
    """
    try:
        plain = _plain(value)
    except Exception as error:
        raise TypeError(
            f"the hyperparameter {name!r} is {_describe(value)}, "
            f"which cannot be converted to a plain value: {error}"
        ) from error
    if isinstance(plain, bool):
        return plain
    if isinstance(plain, str):
        return str(plain)
    number = _number(plain)
    if number is None:
        raise TypeError(
            f"the hyperparameter {name!r} is {_describe(value)}; it must be a number, a text or a boolean"
        )
    return to_wire(number)


def one_for_each(what: str, value: object, count: int) -> list[object]:
    """The values of several members, from a list or an array with one for each.

    Raises:
        TypeError: it is neither; the message says of what.
        ValueError: it has another number of values.
    """
    plain = tolist() if callable(tolist := getattr(value, "tolist", None)) else value
    if not isinstance(plain, Sequence) or isinstance(plain, (str, bytes, bytearray)):
        raise TypeError(
            f"{what} is {_describe(value)}; it must be a list or array, with a value for each member"
        )
    if len(plain) != count:
        raise ValueError(f"{what} has {len(plain)} values; there are {count} members in this batch")
    return list(plain)


def _wire_metric(value: object) -> object:
    """A number, a list of them, or None where there is none yet.

    Raises:
        NotANumber: it is something else.
    """
    if isinstance(value, NotANumber):
        raise value
    if value is None:
        return None
    number = _number(value)
    if number is not None:
        return to_wire(number)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)):
        return _wire_evaluations(value, list(value))
    plain = _plain(value)
    number = _number(plain)
    if number is not None:
        return to_wire(number)
    if plain is None:
        return None
    if not isinstance(plain, list):
        raise NotANumber(f"is {_describe(value)}")
    return _wire_evaluations(value, plain)


def _wire_evaluations(value: object, evaluations: list[object]) -> list[int | float | str] | None:
    """Those that there are; None where there is none."""
    if len(evaluations) > MOST_VALUES:
        raise NotANumber(
            f"has {len(evaluations)} values, and at most {MOST_VALUES} are taken: report their mean"
        )
    numbers: list[int | float | str] = []
    for index, evaluation in enumerate(evaluations):
        plain = _plain(evaluation)
        number = _number(plain)
        if number is not None:
            numbers.append(to_wire(number))
        elif plain is not None:
            raise NotANumber(f"is {_describe(value)}, with {_describe(evaluation)} at {index}")
    return numbers or None


def _number(value: object) -> int | float | None:
    if isinstance(value, int):
        return int(value)  # a boolean counts as 0 or 1; a subclass prints itself differently
    return float(value) if isinstance(value, float) else None


def _plain(value: object) -> object:
    """What some library's array or scalar holds, in plain Python; an array of one number is a number."""
    if isinstance(value, (str, int, float)):
        return value
    if callable(tolist := getattr(value, "tolist", None)):
        plain = tolist()
        while isinstance(plain, list) and len(plain) == 1:
            plain = plain[0]
        return plain
    if callable(item := getattr(value, "item", None)):
        return item()
    if callable(as_float := getattr(value, "__float__", None)):
        return as_float()
    return value


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _describe(value: object) -> str:
    if value is None:
        return "None"
    kind = type(value).__qualname__
    try:
        text = repr(value)
    except Exception:
        return f"an object of type {kind}"
    return f"{text} ({kind})" if len(text) <= 60 and "\n" not in text else f"an object of type {kind}"
