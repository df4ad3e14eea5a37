"""A learning rate that follows a function of the step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .optim import SGD


class LambdaLR:
    def __init__(self, optimizer: SGD, lr_lambda: Callable[[int], float]) -> None:
        self._groups = optimizer.param_groups
        self._base = [group["lr"] for group in self._groups]
        self._factor = lr_lambda
        self._steps = -1
        self.step()

    def step(self) -> None:
        self._steps += 1
        for group, base in zip(self._groups, self._base, strict=True):
            group["lr"] = base * self._factor(self._steps)
