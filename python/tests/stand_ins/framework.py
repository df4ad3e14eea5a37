"""A framework that owns the loop: a trainer that calls callbacks, whose checkpoint brings everything back."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path


class Callback:
    def on_train_begin(self, trainer: Trainer) -> None: ...

    def on_step_end(self, trainer: Trainer) -> None: ...


class Trainer:
    """Minimises (weight - 3)² by noisy gradient steps, up to `max_steps` or until `should_stop` is set."""

    def __init__(self, seed: int, max_steps: int, callbacks: Sequence[Callback]) -> None:
        self.should_stop = False
        self.learning_rate = 0.01
        self.weight = 0.0
        self.step = 0
        self._max_steps = max_steps
        self._random = random.Random(seed)
        self._callbacks = callbacks

    def train(self, resume_from: Path | None = None) -> None:
        if resume_from:
            self.load(resume_from)
        for callback in self._callbacks:
            callback.on_train_begin(self)
        while self.step < self._max_steps and not self.should_stop:
            gradient = 2 * (self.weight - 3.0) + self._random.gauss(0, 0.01)
            self.weight -= self.learning_rate * gradient
            self.step += 1
            for callback in self._callbacks:
                callback.on_step_end(self)

    def evaluate(self) -> dict[str, float]:
        return {"val/loss": (self.weight - 3.0) ** 2}

    def save(self, path: Path) -> None:
        state = {"weight": self.weight, "learning_rate": self.learning_rate, "step": self.step}
        path.write_text(json.dumps(state))

    def load(self, path: Path) -> None:
        state = json.loads(path.read_text())
        self.weight = state["weight"]
        self.learning_rate = state["learning_rate"]
        self.step = state["step"]
