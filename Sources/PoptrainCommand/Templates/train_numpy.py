"""Trains a small network to tell two half-moons apart. Replace it by your model."""

import numpy as np
import poptrain


def half_moons(count, seed):
    """Points, and which of the two half-moons each belongs to: 1 or -1."""
    rng = np.random.default_rng(seed)
    angles, labels = rng.uniform(0, np.pi, count), rng.choice([-1.0, 1.0], count)
    centred = [np.cos(angles) - 0.5, np.sin(angles) - 0.25]
    points = labels[:, None] * np.stack(centred, axis=1)
    return points + rng.normal(0, 0.2, points.shape), labels


POINTS, LABELS = half_moons(500, seed=0)
VALIDATION = half_moons(500, seed=1)


def fresh(rng):
    """The parameters of a network with one hidden layer."""
    return {
        "w1": rng.normal(0, 1, (2, 32)),
        "b1": np.zeros(32),
        "w2": rng.normal(0, 0.1, 32),
        "b2": np.zeros(()),
    }


def forward(model, points):
    """The hidden layer, and the score of each point."""
    hidden = np.tanh(points @ model["w1"] + model["b1"])
    return hidden, hidden @ model["w2"] + model["b2"]


def loss(model, points, labels):
    """The mean cross entropy."""
    return np.logaddexp(0, -labels * forward(model, points)[1]).mean()


def gradient(model, points, labels):
    """Its slope in each parameter."""
    hidden, scores = forward(model, points)
    slope = -labels * np.exp(-np.logaddexp(0, labels * scores)) / len(labels)
    back = np.outer(slope, model["w2"]) * (1 - hidden**2)
    return {
        "w1": points.T @ back,
        "b1": back.sum(axis=0),
        "w2": hidden.T @ slope,
        "b2": slope.sum(),
    }


def train(interval):
    """Train one member for one interval."""
    rng = np.random.default_rng(interval.seed)  # the same again where it is repeated
    rate, momentum = interval["learning_rate"], interval["momentum"]

    # A checkpoint holds the model and what the optimizer remembers, but no
    # hyperparameters: they may have changed.
    model = fresh(rng)
    velocity = {name: np.zeros_like(parameter) for name, parameter in model.items()}
    if interval.checkpoint:
        with np.load(interval.checkpoint / "model.npz") as saved:
            model = {name: saved[name] for name in model}
            velocity = {name: saved[f"velocity_{name}"] for name in model}
    # Say what training uses. Poptrain fails the interval if it is not what it set.
    interval.applied(learning_rate=rate, momentum=momentum)

    for _ in interval.steps:
        batch = rng.integers(len(POINTS), size=32)
        for name, slope in gradient(model, POINTS[batch], LABELS[batch]).items():
            velocity[name] = momentum * velocity[name] + slope
            model[name] = model[name] - rate * velocity[name]

    velocities = {f"velocity_{name}": values for name, values in velocity.items()}
    np.savez(interval.save_to / "model.npz", **model, **velocities)
    interval.report(loss=loss(model, *VALIDATION))


for interval in poptrain.intervals():
    train(interval)
