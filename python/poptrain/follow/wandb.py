"""Weights & Biases: a run for each member, grouped, on its server or offline."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import wandb
from wandb.proto.wandb_internal_pb2 import Record

from .points import Point
from .reading import Status

BLOCK = 32768


class WeightsAndBiases:
    """A point is one row of history, with the point's number as its step, so the last one tells how many.

    Curves are drawn over the value `steps`, which is the member's own.
    """

    def __init__(self, run: Status) -> None:
        self._run = run
        self._runs: dict[int, wandb.Run] = {}

    def held(self, member: int) -> int:
        """Resumes the run of a member, or begins it, and asks for its next step."""
        run = wandb.init(
            project=re.sub(r"[/\\#?%:]", "-", self._run.name),
            group=self._run.id,
            id=f"{self._run.id}-{member}",
            name=f"member-{member}",
            resume="allow",
            reinit="create_new",
            settings=wandb.Settings(silent=True, console="off", x_disable_stats=True),
        )
        run.define_metric("steps")
        run.define_metric("*", step_metric="steps")
        self._runs[member] = run
        return _next_step_offline(run) if run.offline else run.step

    def send(self, points: Sequence[Point]) -> None:
        """Logs a row for each point."""
        for point in points:
            copy = {} if point.copy is None else {"copies/what": point.copy}
            row = {"steps": point.steps, **point.values, **copy}
            self._runs[point.member].log(row, step=point.number, commit=True)

    def close(self, finished: bool) -> None:
        """Waits until everything is stored."""
        for run in self._runs.values():
            run.finish()


def _next_step_offline(run: wandb.Run) -> int:
    """What a server would say: offline, only the files that were written before know it."""
    next_step = 0
    for file in Path(run.settings.wandb_dir).glob(f"offline-run-*-{run.id}/run-{run.id}.wandb"):
        for record in _records(file.read_bytes()):
            if record.HasField("history"):
                next_step = max(next_step, record.history.step.num + 1)
    return next_step


def _records(data: bytes) -> Iterator[Any]:
    """The whole records of a file: a log as LevelDB has it, in blocks, after a header of 7 bytes."""
    at, record = 7, b""
    while at + 7 <= len(data):
        if (room := BLOCK - at % BLOCK) < 7:
            at += room
            continue
        _, length, kind = struct.unpack_from("<IHB", data, at)
        at += 7 + length
        if at > len(data):
            return
        record += data[at - length : at]
        if kind in (1, 4):  # whole, or the last part
            yield Record.FromString(record)
            record = b""
