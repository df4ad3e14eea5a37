"""Imported by a trainer under test: writes down the learning rate of every step that is really trained."""

from __future__ import annotations

import json
import os
from typing import Any

from poptrain import interval as module

rates: list[float] = []


def _recorded(interval: Any, by: str, message: dict[str, Any]) -> None:
    record = {
        "member": interval.member,
        "start": interval.start,
        "horizon": interval.horizon,
        "donor": interval.donor,
        "is_evaluation": interval.is_evaluation,
        "hyperparameters": interval.hyperparameters._values,
        "rates": rates,
        "ended_by": by,
    }
    line = json.dumps(record) + "\n"
    rates.clear()
    file = os.open("rates.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)  # several trainers write
    os.write(file, line.encode())
    os.close(file)
    _end(interval, by, message)


_end = module.Interval._end
module.Interval._end = _recorded  # type: ignore[method-assign]


def torch() -> None:
    """Whatever optimizer of torch steps."""
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    register_optimizer_step_pre_hook(lambda optimizer, *_: rates.append(optimizer.param_groups[0]["lr"]))
