"""TensorBoard: event files in a folder for each member."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.compat.proto.event_pb2 import Event, SourceMetadata
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.plugins.text import metadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from ..errors import Error
from .points import Point, Value
from .reading import Status


class TensorBoard:
    """A point is one event. Events are written in order, so their number is that of the points."""

    def __init__(self, run: Status, folder: Path) -> None:
        self._folder = folder
        self._author = f"poptrain {run.id}"
        self._writers: dict[int, EventFileWriter] = {}

    def held(self, member: int) -> int:
        """Counts the whole events in the files of a member."""
        count = 0
        for file in self._member(member).glob("events.out.tfevents.*"):
            for event in EventFileLoader(str(file)).Load():
                author = event.source_metadata.writer
                if not event.HasField("summary") or not author.startswith("poptrain "):
                    continue
                if author != self._author:
                    raise Error(f"{self._folder} holds another run: write this one into another folder")
                count += 1
        return count

    def send(self, points: Sequence[Point]) -> None:
        """Adds an event for each point."""
        for point in points:
            if point.member not in self._writers:
                self._writers[point.member] = EventFileWriter(str(self._member(point.member)))
            self._writers[point.member].add_event(self._event(point))
        for member in {point.member for point in points}:
            self._writers[member].flush()

    def close(self, finished: bool) -> None:
        """Closes the files."""
        for writer in self._writers.values():
            writer.close()

    def _member(self, member: int) -> Path:
        return self._folder / f"member-{member}"

    def _event(self, point: Point) -> Event:
        values = [_value(name, value) for name, value in point.values.items()]
        if point.copy is not None:
            values.append(_value("copies/what", point.copy))
        return Event(
            wall_time=point.seconds,
            step=point.steps,
            summary=Summary(value=values),
            source_metadata=SourceMetadata(writer=self._author),
        )


def _value(tag: str, value: Value) -> Summary.Value:
    if not isinstance(value, str):
        return Summary.Value(tag=tag, simple_value=float(value))
    text = TensorProto(
        dtype="DT_STRING",
        string_val=[value.encode()],
        tensor_shape=TensorShapeProto(dim=[TensorShapeProto.Dim(size=1)]),
    )
    return Summary.Value(tag=tag, tensor=text, metadata=metadata.create_summary_metadata("", ""))
