"""Batches that a test sends to a process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import poptrain
from tests.engine import FakeEngine


def values(member: int) -> dict[str, object]:
    return {
        "learning_rate": 0.1 * member,
        "layers": member,
        "augmentation": f"kind {member}",
        "nesterov": member % 2 == 0,
    }


class Batches:
    """The batches of a process, as the engine sends them."""

    def __init__(self, engine: FakeEngine, capacity: int = 4) -> None:
        self.engine = engine
        self._asked: Iterator[poptrain.Batch] = poptrain.batches(capacity=capacity)
        self.hello = engine.accept()

    def send(self, members: list[int], **fields: Any) -> list[dict[str, Any]]:
        intervals = [
            self.engine.interval(
                member=member,
                hyperparameters=values(member),
                **{name: field[i] if isinstance(field, list) else field for name, field in fields.items()},
            )
            for i, member in enumerate(members)
        ]
        self.engine.send("train", intervals=intervals)
        return intervals

    def next(self, members: list[int], **fields: Any) -> poptrain.Batch:
        self.send(members, **fields)
        return next(self._asked)

    def end(self) -> list[poptrain.Batch]:
        self.engine.send("end")
        return list(self._asked)
