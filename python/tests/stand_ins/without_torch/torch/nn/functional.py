"""A loss."""

from __future__ import annotations

import numpy

from ..tensor import Array, Tensor


def mse_loss(predictions: Tensor, targets: Tensor) -> Tensor:
    difference = predictions.data - targets.data

    def backward(gradient: Array) -> None:
        assert predictions._backward is not None
        predictions._backward(gradient * 2 * difference / difference.size)

    return Tensor(numpy.array(numpy.mean(difference**2)), backward)
