"""An array with a gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy
from numpy.typing import NDArray

Array = NDArray[numpy.float64]


class Tensor:
    def __init__(self, data: Array, backward: Callable[[Array], None] | None = None) -> None:
        self.data = data
        self.grad = numpy.zeros_like(data)
        self._backward = backward

    def backward(self) -> None:
        assert self._backward is not None
        self._backward(numpy.ones_like(self.data))

    def sum(self, dim: int, keepdim: bool) -> Tensor:
        return Tensor(self.data.sum(axis=dim, keepdims=keepdim))

    def tolist(self) -> object:
        return self.data.tolist()

    def item(self) -> object:
        return self.data.item()
