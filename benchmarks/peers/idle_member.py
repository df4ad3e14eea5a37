"""A member that trains nothing, for SECONDS an interval, and saves BYTES: trainers/idle.py for the peers."""

import os
import random
import time
from pathlib import Path

HYPERPARAMETERS = {"x": ("uniform", 0, 1)}


class Member:
    """Its model is bytes."""

    def __init__(self) -> None:
        self.model = os.urandom(1024) * (int(os.environ["BYTES"]) // 1024)

    def begin(self) -> None:
        """Be another member."""

    def train(self, values: dict[str, float]) -> float:
        """One interval; the score, which no other has: where Ray Tune's members tie, it never ends."""
        time.sleep(float(os.environ["SECONDS"]))
        return random.random()

    def save(self, path: Path) -> None:
        """Save as many bytes as the others."""
        path.write_bytes(self.model)

    def load(self, path: Path) -> None:
        """The trainer of Poptrain loads nothing either."""
