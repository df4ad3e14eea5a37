"""One multilayer perceptron with dropout and momentum, which knows nothing of a population."""

from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from prepare import digits

WIDTHS = (64, 64, 64, 10)
BATCH = 32
MOMENTUM = 0.9

Layers = list[tuple[Any, Any]]  # a matrix and a bias each
Values = dict[str, Any]  # of the hyperparameters
DATA = digits()


class Model(NamedTuple):
    """All that training needs to go on. In a population every array has one more axis: the members."""

    layers: Layers
    velocity: Layers


def fresh(seed: int) -> Model:
    """Random weights, as He et al. (2015) recommend for rectified units."""
    rng = np.random.default_rng(seed)
    layers = []
    for inputs, outputs in pairwise(WIDTHS):
        matrix = rng.normal(0, (2 / inputs) ** 0.5, (inputs, outputs))
        layers.append((matrix.astype(np.float32), np.zeros(outputs, np.float32)))
    return Model(layers, jax.tree.map(np.zeros_like, layers))


def load(path: Path) -> Model:
    """What `save` wrote."""
    with np.load(path) as saved:
        return jax.tree.unflatten(jax.tree.structure(fresh(0)), saved.values())


def save(model: Model, path: Path) -> None:
    """Write all that is in it."""
    np.savez(path, *jax.tree.leaves(model))


def forward(layers: Layers, images: Any, dropout: Any = 0.0, key: Any = None) -> Any:
    """The scores of the classes; with a `key`, some hidden units are dropped."""
    *hidden, (last_matrix, last_bias) = layers
    active = images
    for depth, (matrix, bias) in enumerate(hidden):
        active = jax.nn.relu(active @ matrix + bias)
        if key is not None:
            kept = jax.random.bernoulli(jax.random.fold_in(key, depth), 1 - dropout, active.shape)
            active = active * kept / (1 - dropout)
    return active @ last_matrix + last_bias


def loss(layers: Layers, images: Any, labels: Any, values: Values, key: Any) -> Any:
    """The generalised cross entropy (1 - p^q) / q of about the share `keep` with the smallest losses."""
    likelihood = jax.nn.log_softmax(forward(layers, images, values["dropout"], key))[
        jnp.arange(BATCH), labels
    ]
    losses = -jnp.expm1(values["q"] * likelihood) / values["q"]
    ranks = (losses[:, None] > losses).sum(axis=1)
    trust = jax.nn.sigmoid(2 * (values["keep"] * BATCH - ranks))  # the edge is a little soft
    return (trust * losses).mean()


def train(model: Model, values: Values, seed: Any, steps: Any) -> Model:
    """Descend for some steps."""
    images, labels = map(jnp.asarray, DATA["train"])

    def step(number: Any, model: Model) -> Model:
        batch_key, dropout_key = jax.random.split(jax.random.fold_in(jax.random.key(seed), number))
        batch = jax.random.randint(batch_key, BATCH, 0, len(images))
        gradient = jax.grad(loss)(model.layers, images[batch], labels[batch], values, dropout_key)
        rate, shrink = values["learning_rate"], 1 - values["learning_rate"] * values["weight_decay"]
        velocity = jax.tree.map(lambda v, g: MOMENTUM * v + g, model.velocity, gradient)
        return Model(jax.tree.map(lambda w, v: shrink * w - rate * v, model.layers, velocity), velocity)

    return jax.lax.fori_loop(0, steps, step, model)


def evaluate(model: Model, images: Any, labels: Any) -> tuple[Any, Any]:
    """The log-likelihood and the accuracy."""
    scores = forward(model.layers, images)
    likelihood = jax.nn.log_softmax(scores)[jnp.arange(len(labels)), labels]
    return likelihood.mean(), (scores.argmax(axis=1) == labels).mean()
