"""A linear layer."""

from __future__ import annotations

import numpy

from ..tensor import Array, Tensor
from . import functional

__all__ = ["Linear", "functional"]


class Linear:
    def __init__(self, inputs: int, outputs: int) -> None:
        self.weight = Tensor(numpy.zeros((outputs, inputs)))
        self.bias = Tensor(numpy.zeros(outputs))

    def __call__(self, inputs: Tensor) -> Tensor:
        def backward(gradient: Array) -> None:
            self.weight.grad += gradient.T @ inputs.data
            self.bias.grad += gradient.sum(axis=0)

        return Tensor(inputs.data @ self.weight.data.T + self.bias.data, backward)

    def parameters(self) -> list[Tensor]:
        return [self.weight, self.bias]

    def state_dict(self) -> dict[str, Array]:
        return {"weight": self.weight.data.copy(), "bias": self.bias.data.copy()}

    def load_state_dict(self, state: dict[str, Array]) -> None:
        self.weight.data[:] = state["weight"]
        self.bias.data[:] = state["bias"]
