"""Fits a line to points by gradient descent. Replace it by your model."""

import json
import random

import poptrain

noise = random.Random(0)  # the same data for every member
XS = [i / 50 - 1 for i in range(100)]
POINTS = [(x, 3.0 * x - 1.0 + noise.gauss(0.0, 0.1)) for x in XS]


def loss(weights):
    """The mean squared error on all points."""
    return sum((weights[0] * x + weights[1] - y) ** 2 for x, y in POINTS) / len(POINTS)


def train(interval):
    """Train one member for one interval."""
    rng = random.Random(interval.seed)  # the same again where it is repeated
    rate, momentum = interval["learning_rate"], interval["momentum"]

    # A checkpoint holds the model and what the optimizer remembers, but no
    # hyperparameters: they may have changed.
    weights, velocity = [0.0, 0.0], [0.0, 0.0]
    if interval.checkpoint:
        weights, velocity = json.loads((interval.checkpoint / "model.json").read_text())
    # Say what training uses. Poptrain fails the interval if it is not what it set.
    interval.applied(learning_rate=rate, momentum=momentum)

    for _ in interval.steps:
        x, y = rng.choice(POINTS)
        slope = 2 * (weights[0] * x + weights[1] - y)
        for i, gradient in enumerate((slope * x, slope)):
            velocity[i] = momentum * velocity[i] + gradient
            weights[i] -= rate * velocity[i]

    (interval.save_to / "model.json").write_text(json.dumps([weights, velocity]))
    interval.report(loss=loss(weights))


for interval in poptrain.intervals():
    train(interval)
