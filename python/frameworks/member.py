"""One member, trained in this process under other values in each interval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import poptrain
from poptrain.session import Session
from poptrain.standalone import ByHand, Plan, Standalone


def intervals(*values: dict[str, Any], steps: int = 4) -> Iterator[poptrain.Interval]:
    """An interval for each of the values, from the checkpoint before; what is declared must be given."""
    total = steps * len(values)
    engine = Standalone(ByHand.of(values[0], total, None, None, 0))
    engine._plan = Plan([(steps, each) for each in values], total, total)
    engine._intervals = iter(engine._plan.intervals)
    return iter(Session(engine, run_id="test").next_interval, None)


def declared(interval: poptrain.Interval) -> dict[str, Any]:
    """What a helper has declared so far, as it is now."""
    return interval._declared.now()
