"""A multilayer perceptron with dropout and momentum, in plain numpy."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

WIDTHS = (64, 64, 64, 10)
MOMENTUM = 0.9


class Network:
    """All weights are views into one vector, so that descending and saving need not know of layers."""

    def __init__(self, weights: Array, velocity: Array) -> None:
        self.weights, self.velocity, self.gradient = weights, velocity, np.empty_like(weights)
        self.layers, self.gradients = by_layer(self.weights), by_layer(self.gradient)
        self.inputs: list[Array] = []  # of each layer in the last forward pass,
        self.scale = 1.0  # and by what it scaled the units that were not dropped

    @classmethod
    def fresh(cls, rng: np.random.Generator) -> "Network":
        """Random weights, as He et al. (2015) recommend for rectified units."""
        size = sum((inputs + 1) * outputs for inputs, outputs in pairwise(WIDTHS))
        network = cls(np.zeros(size, np.float32), np.zeros(size, np.float32))
        for matrix, _ in network.layers:
            matrix[:] = rng.normal(0, (2 / len(matrix)) ** 0.5, matrix.shape)
        return network

    @classmethod
    def load(cls, path: Path) -> "Network":
        """What `save` wrote."""
        with np.load(path) as saved:
            return cls(saved["weights"], saved["velocity"])

    def save(self, path: Path) -> None:
        """Write all that training needs to go on."""
        np.savez(path, weights=self.weights, velocity=self.velocity)

    def forward(self, images: Array, dropout: float = 0.0, rng: np.random.Generator | None = None) -> Array:
        """The scores of the classes; with an `rng`, some hidden units are dropped."""
        self.inputs, self.scale = [images], 1 / (1 - dropout)
        *hidden, (last_matrix, last_bias) = self.layers
        for matrix, bias in hidden:
            active = np.maximum(self.inputs[-1] @ matrix + bias, 0)
            if rng:
                active *= rng.random(active.shape, np.float32) >= dropout
                active *= self.scale
            self.inputs.append(active)
        return self.inputs[-1] @ last_matrix + last_bias

    def backward(self, slope: Array) -> None:
        """The gradient in the weights, from the slope of the loss in the scores."""
        for index in reversed(range(len(self.layers))):
            inputs, (matrix, _) = self.inputs[index], self.layers[index]
            matrix_gradient, bias_gradient = self.gradients[index]
            np.matmul(inputs.T, slope, out=matrix_gradient)
            slope.sum(axis=0, out=bias_gradient)
            if index > 0:
                slope = slope @ matrix.T
                slope *= inputs > 0
                slope *= self.scale

    def descend(self, learning_rate: float, weight_decay: float) -> None:
        """One step against the gradient."""
        self.velocity *= MOMENTUM
        self.velocity += self.gradient
        self.weights *= 1 - learning_rate * weight_decay
        self.weights -= learning_rate * self.velocity


def by_layer(vector: Array) -> list[tuple[Array, Array]]:
    """The matrix and the bias of each layer, as views."""
    layers, start = [], 0
    for inputs, outputs in pairwise(WIDTHS):
        middle, end = start + inputs * outputs, start + (inputs + 1) * outputs
        layers.append((vector[start:middle].reshape(inputs, outputs), vector[middle:end]))
        start = end
    return layers
