"""What the client knows of an engine: work comes from it, answers go to it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from .errors import Error
from .values import from_wire


class Assignment(NamedTuple):
    """One interval of one member, as the engine asks for it."""

    id: str
    member: int
    number: int
    is_evaluation: bool
    start: int
    stop: int
    total_steps: int
    seed: int
    hyperparameters: Mapping[str, object]
    checkpoint: str | None
    parent: str | None
    save_to: str
    warm: bool
    member_steps: int
    donor: int | None = None
    is_test: bool = False

    @classmethod
    def from_message(cls, fields: Mapping[str, Any]) -> Assignment:
        """Reads one entry of `intervals` in a `train` message."""
        try:
            if fields["kind"] not in ("train", "evaluate", "test"):
                raise ValueError(f"kind {fields['kind']!r}")
            return cls(
                id=fields["id"],
                member=fields["member"],
                number=fields["number"],
                is_evaluation=fields["kind"] != "train",
                start=fields["start"],
                stop=fields["stop"],
                total_steps=fields["total_steps"],
                seed=fields["seed"],
                hyperparameters={name: from_wire(value) for name, value in fields["hyperparameters"].items()},
                # A TypeError where it is no text.
                checkpoint=os.fspath(fields["checkpoint"]) if fields["checkpoint"] is not None else None,
                parent=fields["parent"],
                save_to=os.fspath(fields["save_to"]),
                warm=fields["warm"],
                member_steps=fields.get("member_steps", fields["start"]),  # an older engine does not say
                donor=fields.get("donor"),
                is_test=fields["kind"] == "test",
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Error(f"Poptrain asked for an interval that this client cannot read: {error!r}") from error


class Engine(Protocol):
    """The other side: Poptrain over a socket, or a stand-in when the trainer is run by hand."""

    def next_batch(self) -> list[Assignment]:
        """Waits for work, one or several intervals to be trained at once; empty when there is no more."""

    def send(self, message: Mapping[str, object]) -> None:
        """Sends one message about the interval in flight."""

    def stop_requested(self) -> bool:
        """Whether the run is stopping; does not wait."""

    def save_requested(self) -> bool:
        """Whether an interval is to be saved where it is, and to end; does not wait."""
