"""What a trainer says is applied: read when it is declared, and again when the interval is reported."""

from __future__ import annotations

import math
from collections.abc import Mapping

from .errors import Error
from .values import from_wire, wire_hyperparameter


class Declared:
    """Hyperparameters as they are really set, each with what reads it."""

    __slots__ = ("_sources", "at_first")

    def __init__(self) -> None:
        self._sources: dict[str, object] = {}
        self.at_first: dict[str, object] = {}
        """As they were when they were declared."""

    def add(self, sources: Mapping[str, object], values: Mapping[str, object]) -> None:
        """Takes declarations, each with its present value; a later one of the same name replaces it.

        Raises:
            TypeError: a value cannot be one of a hyperparameter.
        """
        self.at_first.update({name: wire_hyperparameter(name, value) for name, value in values.items()})
        self._sources.update(sources)

    def now(self) -> dict[str, object]:
        """The present values, not looked at yet."""
        return {name: read(name, source) for name, source in self._sources.items()}


def read(name: str, source: object) -> object:
    """The present value of a source: what a function returns, or the source itself.

    Raises:
        Error: the function failed.
    """
    # A variable of some array library can be called too; it is a value.
    if not callable(source) or hasattr(source, "tolist") or hasattr(source, "item"):
        return source
    try:
        return source()
    except Error:
        raise
    except Exception as error:
        raise Error(
            f"the hyperparameter {name!r} could not be read: the function that was given to applied() "
            f"raised {type(error).__name__}: {error}"
        ) from error


def check_applied(given: Mapping[str, object], declared: Mapping[str, object]) -> None:
    """Compares what was declared with what was given, as Poptrain does.

    Raises:
        Error: a value differs by more than the precision of a 32-bit float.
    """
    for name, value in declared.items():
        if not is_same(given[name], from_wire(value)):
            raise Error(
                f"{name} was given as {given[name]}, but {value} was in force. What is loaded brings the old "
                f"value back: set interval[{name!r}] after loading; docs/recipes.md shows where"
            )


def is_same(given: object, declared: object) -> bool:
    """Whether a value is the one that was given, to the precision of a 32-bit float."""
    numbers = [value for value in (given, declared) if isinstance(value, (int, float))]
    if len(numbers) < 2 or isinstance(given, bool) or isinstance(declared, bool):
        return type(given) is type(declared) and given == declared
    low, high = sorted(numbers)
    return low == high or (math.isfinite(high - low) and high - low <= 2**-22 * max(abs(low), abs(high)))
