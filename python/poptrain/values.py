"""Values on their way into a message: numbers of any array library become plain ones.

No array library is imported. Whatever has `.tolist()`, `.item()` or `float()` is asked for its plain value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

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


def wire_metrics(metrics: Mapping[str, object] | None, named: Mapping[str, object]) -> dict[str, object]:
    """The metrics of a report or a log, from its dictionary and its keyword arguments.

    Raises:
        TypeError: a value is not a number or a flat list of numbers; the message names the metric.
    """
    if metrics is not None and not isinstance(metrics, Mapping):
        raise TypeError(
            f"metrics are given by name, accuracy=0.9 or {{'accuracy': 0.9}}, not as {_describe(metrics)}"
        )
    merged = dict(metrics or {})
    for name, value in named.items():
        if name in merged:
            raise TypeError(f"the metric {name!r} is given twice")
        merged[name] = value
    if not merged:
        raise TypeError("there are no metrics: give at least the experiment's own, such as accuracy=0.9")
    return {_name(name): _wire_metric(name, value) for name, value in merged.items()}


def wire_hyperparameter(name: str, value: object) -> object:
    """The value of a hyperparameter that is in force: a number, a text or a boolean.

    Raises:
        TypeError: it is none of these; the message names the hyperparameter.
    """
    plain = value if isinstance(value, (str, bool, int, float)) else _plain(value, f"hyperparameter {name!r}")
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


def _wire_metric(name: str, value: object) -> object:
    number = _number(value)
    if number is not None:
        return to_wire(number)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)):
        evaluations = list(value)
    else:
        plain = _plain(value, f"metric {name!r}")
        number = _number(plain)
        if number is not None:
            return to_wire(number)
        if not isinstance(plain, list):
            raise TypeError(
                f"the metric {name!r} is {_describe(value)}; it must be a number or a list of numbers"
            )
        evaluations = plain
    if not evaluations:
        raise TypeError(f"the metric {name!r} is an empty list; it must hold at least one evaluation")
    return [_wire_evaluation(name, index, evaluation) for index, evaluation in enumerate(evaluations)]


def _wire_evaluation(name: str, index: int, value: object) -> int | float | str:
    number = _number(value)
    if number is None:
        number = _number(_plain(value, f"metric {name!r}"))
    if number is None:
        raise TypeError(
            f"evaluation {index} of the metric {name!r} is {_describe(value)}; it must be a number "
            "(a metric is a number or a flat list of numbers)"
        )
    return to_wire(number)


def _number(value: object) -> int | float | None:
    if isinstance(value, int):
        return int(value)  # a boolean counts as 0 or 1; a subclass prints itself differently
    return float(value) if isinstance(value, float) else None


def _plain(value: object, what: str) -> object:
    """What some library's array or scalar holds, in plain Python; an array of one number is a number."""
    try:
        if callable(tolist := getattr(value, "tolist", None)):
            plain = tolist()
            while isinstance(plain, list) and len(plain) == 1:
                plain = plain[0]
            return plain
        if callable(item := getattr(value, "item", None)):
            return item()
        if callable(as_float := getattr(value, "__float__", None)):
            return as_float()
    except Exception as error:
        raise TypeError(
            f"the {what} is {_describe(value)}, and no plain value came out of it: {error}"
        ) from error
    return value


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"the name of a metric must be a text, not {_describe(name)}")
    return str(name)


def _describe(value: object) -> str:
    if value is None:
        return "None"
    kind = type(value).__qualname__
    text = repr(value)
    return f"{text} ({kind})" if len(text) <= 60 and "\n" not in text else f"an object of type {kind}"
