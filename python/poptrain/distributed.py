"""Several processes of torch.distributed that train one model, started by torchrun or `accelerate launch`.

    for interval in poptrain.distributed.intervals():
        ...

Every rank goes through the same loop with the same values. Rank 0 speaks with Poptrain and its metrics count;
a report waits until all ranks have come to it, so that all have saved.
"""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import distributed

import poptrain

from .engine import Assignment, Engine
from .interval import Interval
from .session import Session, current

PATIENCE = datetime.timedelta(days=7)
"""For how long the other ranks wait while rank 0 waits to be asked."""


def intervals(**by_hand: Any) -> Iterator[Interval]:
    """As `poptrain.intervals`, on every rank; call `advance`, `done`, `report` and the like on all alike.

    Args:
        **by_hand: as for `poptrain.intervals`, for one process that neither Poptrain nor a launcher started.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield from poptrain.intervals(**by_hand)
        return
    begun_here = not distributed.is_initialized()
    if begun_here:
        distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    yield from iter(_Session().next_interval, None)
    if begun_here:
        distributed.destroy_process_group()


class _Session(Session):
    """Hands out on every rank what rank 0 is asked for."""

    def __init__(self) -> None:
        group = distributed.new_group(timeout=PATIENCE, backend="gloo")
        engine = current(None, afresh=True)._engine if distributed.get_rank() == 0 else None
        run_id = os.environ.get("POPTRAIN_RUN_ID", "")
        super().__init__(_SharedEngine(engine, group), run_id=run_id, clock=_clock_of_first(group))

        class SharedInterval(Interval):
            def report(self, *metrics: Any, **named: Any) -> None:
                distributed.barrier(group)  # all have saved
                super().report(*metrics, **named)

        self.interval_type = SharedInterval


class _SharedEngine:
    """The engine of rank 0; what it says, the others hear too."""

    def __init__(self, engine: Engine | None, group: Any) -> None:
        self._engine = engine
        self._group = group

    def next_batch(self) -> list[Assignment]:
        said: list[Any] = [self._engine and self._engine.next_batch()]
        distributed.broadcast_object_list(said, src=0, group=self._group)
        batch: list[Assignment] = said[0]
        return batch

    def send(self, message: Mapping[str, object]) -> None:
        if message["type"] == "done":
            distributed.barrier(self._group)  # all have looked at what was saved, which now moves
        if self._engine is not None:
            self._engine.send(message)

    def stop_requested(self) -> bool:
        return self._agree(self._engine is not None and self._engine.stop_requested())

    def save_requested(self) -> bool:
        return self._agree(self._engine is not None and self._engine.save_requested())

    def _agree(self, answer: bool) -> bool:
        shared = torch.tensor([answer])
        distributed.broadcast(shared, src=0, group=self._group)
        return bool(shared)


def _clock_of_first(group: Any) -> Callable[[], float]:
    """Rank 0's clock, so that all ranks come to the same whatever depends on time."""

    def clock() -> float:
        now = torch.tensor([time.monotonic()], dtype=torch.float64)
        distributed.broadcast(now, src=0, group=group)
        return float(now)

    return clock
