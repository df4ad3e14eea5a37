"""An optimizer, whose state brings the learning rate back that it was saved with."""

from __future__ import annotations

import copy
from typing import Any

import numpy

from . import lr_scheduler
from .tensor import Tensor

__all__ = ["SGD", "lr_scheduler"]


class SGD:
    def __init__(self, parameters: list[Tensor], lr: float, momentum: float) -> None:
        self._parameters = parameters
        self._momentum = [numpy.zeros_like(parameter.data) for parameter in parameters]
        self.param_groups: list[dict[str, Any]] = [{"lr": lr, "momentum": momentum}]

    def zero_grad(self) -> None:
        for parameter in self._parameters:
            parameter.grad[:] = 0

    def step(self) -> None:
        group = self.param_groups[0]
        for parameter, momentum in zip(self._parameters, self._momentum, strict=True):
            momentum *= group["momentum"]
            momentum += parameter.grad
            parameter.data -= group["lr"] * momentum

    def state_dict(self) -> dict[str, Any]:
        return copy.deepcopy({"state": self._momentum, "param_groups": self.param_groups})

    def load_state_dict(self, state: dict[str, Any]) -> None:
        restored = copy.deepcopy(state)
        self._momentum = restored["state"]
        self.param_groups = restored["param_groups"]
