"""The lower bound of the benchmarks writes the rows that Poptrain writes today."""

from __future__ import annotations

import re
import sqlite3

from tests.engine import PACKAGE

FLOOR = (PACKAGE.parent / "benchmarks" / "Sources" / "Floor" / "floor.c").read_text()
SCHEMA = (PACKAGE.parent / "docs" / "schema.sql").read_text()


def test_the_floor_fits_the_schema() -> None:
    """Every statement has as many values as its table has columns."""
    listed = re.search(r"statements\[\] = \{(.*?)\n\};", FLOOR, re.DOTALL)
    assert listed
    pieces = re.findall(r'"((?:[^"\\]|\\.)*)"(,?)', listed[1])
    text = "".join(text + ("\n" if comma else "") for text, comma in pieces)
    statements = text.replace('\\"', '"').splitlines()
    assert len(statements) > 5
    database = sqlite3.connect(":memory:")
    database.executescript(SCHEMA)
    for statement in statements:
        # With fewer values than columns, SQLite refuses to prepare it.
        values = max(map(int, re.findall(r"\?(\d)", statement)), default=0)
        database.execute(f"EXPLAIN {statement}", [None] * values)
