"""A tracker for tests: a file of JSON lines for each member."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from poptrain.follow.points import Point


class Lines:
    """Adds a line for each point."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.finished: bool | None = None
        folder.mkdir(exist_ok=True)

    def held(self, member: int) -> int:
        return len(self.read(member))

    def send(self, points: Sequence[Point]) -> None:
        for point in points:
            with self._file(point.member).open("a") as file:
                file.write(json.dumps(asdict(point)) + "\n")

    def close(self, finished: bool) -> None:
        self.finished = finished

    def read(self, member: int) -> list[dict[str, Any]]:
        file = self._file(member)
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def everything(self) -> dict[str, str]:
        """What is in each file."""
        return {file.name: file.read_text() for file in sorted(self.folder.iterdir())}

    def _file(self, member: int) -> Path:
        return self.folder / f"{member}.jsonl"
