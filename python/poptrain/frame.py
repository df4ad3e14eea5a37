"""Intervals as a pandas DataFrame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .values import from_wire

try:
    import pandas
except ModuleNotFoundError as error:
    raise ImportError(
        f"Run.frame() makes a pandas DataFrame, but {error.name} is not installed: pip install pandas. "
        "Run.intervals() has the same in plain records"
    ) from error

NESTED = {"hyperparameters", "metrics", "evaluations", "copy"}
"""Fields of more than one value. The first two are columns by name; the others are in `Run.intervals()`."""


def frame(rows: Iterable[Mapping[str, Any]]) -> Any:
    """A row for each interval, and a column for each field, hyperparameter and metric.

    Args:
        rows: intervals as `poptrain export --format jsonl` prints them.
    """
    flat = [_flat(row) for row in rows]
    names = dict.fromkeys(name for row in flat for name in row)
    return pandas.DataFrame({name: _column([row.get(name) for row in flat]) for name in names})


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in row.items() if name not in NESTED}
    for kind in ("hyperparameters", "metrics"):
        plain |= {f"{kind}.{name}": from_wire(value) for name, value in row[kind].items()}
    return plain


def _column(values: list[Any]) -> Any:
    """What pandas makes of it, but integers stay integers where some are missing."""
    kinds = {type(value) for value in values}
    return pandas.array(values, dtype="Int64") if kinds == {int, type(None)} else values
