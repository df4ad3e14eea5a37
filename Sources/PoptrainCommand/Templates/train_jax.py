"""Trains a small network to tell two half-moons apart. Replace it by your model."""

import jax
import jax.numpy as jnp
import numpy as np
import poptrain


def half_moons(count, seed):
    """Points, and which of the two half-moons each belongs to: 1 or -1."""
    rng = np.random.default_rng(seed)
    angles, labels = rng.uniform(0, np.pi, count), rng.choice([-1.0, 1.0], count)
    centred = [np.cos(angles) - 0.5, np.sin(angles) - 0.25]
    points = labels[:, None] * np.stack(centred, axis=1)
    return points + rng.normal(0, 0.2, points.shape), labels


POINTS, LABELS = map(jnp.asarray, half_moons(500, seed=0))
VALIDATION = half_moons(500, seed=1)


@jax.jit
def fresh(key):
    """The parameters of a network with one hidden layer, and their velocities."""
    first, second = jax.random.split(key)
    model = {
        "w1": jax.random.normal(first, (2, 32)),
        "b1": jnp.zeros(32),
        "w2": 0.1 * jax.random.normal(second, (32,)),
        "b2": jnp.zeros(()),
    }
    return model, jax.tree.map(jnp.zeros_like, model)


@jax.jit
def loss(model, points, labels):
    """The mean cross entropy."""
    scores = jnp.tanh(points @ model["w1"] + model["b1"]) @ model["w2"] + model["b2"]
    return jnp.logaddexp(0, -labels * scores).mean()


@jax.jit
def step(state, rate, momentum, key):
    """One step of gradient descent. New rates compile nothing: they are arguments."""
    model, velocity = state
    batch = jax.random.randint(key, (32,), 0, len(POINTS))
    gradient = jax.grad(loss)(model, POINTS[batch], LABELS[batch])
    velocity = jax.tree.map(lambda v, g: momentum * v + g, velocity, gradient)
    return jax.tree.map(lambda w, v: w - rate * v, model, velocity), velocity


def train(interval):
    """Train one member for one interval."""
    key = jax.random.key(interval.seed)  # the same again where it is repeated
    rate, momentum = interval["learning_rate"], interval["momentum"]

    # A checkpoint holds the model and what the optimizer remembers, but no
    # hyperparameters: they may have changed.
    state = fresh(key)
    if interval.checkpoint:
        with np.load(interval.checkpoint / "state.npz") as saved:
            state = jax.tree.unflatten(jax.tree.structure(state), saved.values())
    # Say what training uses. Poptrain fails the interval if it is not what it set.
    interval.applied(learning_rate=rate, momentum=momentum)

    for age in interval.steps:
        state = step(state, rate, momentum, jax.random.fold_in(key, age))

    np.savez(interval.save_to / "state.npz", *jax.tree.leaves(state))
    interval.report(loss=loss(state[0], *VALIDATION))


for interval in poptrain.intervals():
    train(interval)
