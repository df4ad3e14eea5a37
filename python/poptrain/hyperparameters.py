"""The hyperparameters of an interval, which remember what was read of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .errors import unknown_hyperparameter


class Hyperparameters(Mapping[str, Any]):
    """A read-only mapping from name to value, in the order of the experiment file.

    Reading a value marks it as read, one by one with `[...]` or all with `items()`, `values()`, `dict(...)`
    and `**`. Names alone (iteration, `in`, `len`) and `print` mark nothing.
    """

    __slots__ = ("_read", "_values")

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = dict(values)
        self._read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        try:
            value = self._values[name]
        except KeyError:
            raise unknown_hyperparameter(name, self._values) from None
        self._read.add(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __repr__(self) -> str:
        return f"Hyperparameters({self._values!r})"

    def given(self, name: str) -> object:
        """The value of a hyperparameter, which this does not mark as read."""
        return self._values[name]

    def echo(self) -> dict[str, object]:
        """Name and value of what was read so far, in the order of the experiment file."""
        return {name: value for name, value in self._values.items() if name in self._read}
