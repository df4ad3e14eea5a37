"""One pair of a generator and a discriminator, which knows nothing of a population."""

from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from judges import Judge, frechet, halves, inception

NOISE, BATCH = 16, 32
GENERATOR = (NOISE, 64, 64, 64)
DISCRIMINATOR = (64, 64, 64, 1)

Values = dict[str, Any]  # of the hyperparameters
Layers = list[tuple[Any, Any]]  # a matrix and a bias each


class Network(NamedTuple):
    """Weights, and Adam's means of their gradients and of the squares of these."""

    layers: Layers
    mean: Layers
    square: Layers


class Pair(NamedTuple):
    """All that training needs to go on. In a population every array has one more axis: the members."""

    generator: Network
    discriminator: Network
    updates: Any


def fresh(seed: int) -> Pair:
    """Random weights, as He et al. (2015) recommend for rectified units."""
    rng = np.random.default_rng(seed)

    def network(widths: tuple[int, ...]) -> Network:
        layers = [
            (np.float32(rng.normal(0, (2 / n) ** 0.5, (n, m))), np.zeros(m, np.float32))
            for n, m in pairwise(widths)
        ]
        zeros = jax.tree.map(np.zeros_like, layers)
        return Network(layers, zeros, zeros)

    return Pair(network(GENERATOR), network(DISCRIMINATOR), np.int32(0))


def load(path: Path) -> Pair:
    """What `save` wrote."""
    with np.load(path) as saved:
        return jax.tree.unflatten(jax.tree.structure(fresh(0)), saved.values())


def save(pair: Pair, path: Path) -> None:
    """Write all that is in it."""
    np.savez(path, *jax.tree.leaves(pair))


def forward(layers: Layers, active: Any, slope: float) -> Any:
    """A multilayer perceptron. Below zero its units have this slope."""
    *hidden, (last, bias) = layers
    for matrix, shift in hidden:
        active = jax.nn.leaky_relu(active @ matrix + shift, slope)
    return active @ last + bias


def generate(generator: Layers, count: int, key: Any) -> Any:
    """Images [count, 64] from -1 to 1."""
    return jnp.tanh(forward(generator, jax.random.normal(key, (count, NOISE)), 0.0))


def critique(discriminator: Layers, images: Any) -> Any:
    """How sure it is that each image is real [count], as a logit."""
    return forward(discriminator, images, 0.2)[:, 0]


def descend(network: Network, gradient: Layers, rate: Any, updates: Any) -> Network:
    """One step of Adam, with the means that Radford et al. (2015) found to keep GANs stable."""
    mean = jax.tree.map(lambda m, g: 0.5 * m + 0.5 * g, network.mean, gradient)
    square = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g**2, network.square, gradient)

    def step(weight: Any, mean: Any, square: Any) -> Any:
        mean, square = mean / (1 - 0.5**updates), square / (1 - 0.999**updates)
        return weight - rate * mean / (jnp.sqrt(square) + 1e-8)

    return Network(jax.tree.map(step, network.layers, mean, square), mean, square)


def train(pair: Pair, values: Values, seed: Any, steps: Any) -> Pair:
    """So many times, one step of the discriminator and one of the generator."""
    images = jnp.asarray(halves()[0][0])

    def step(number: Any, pair: Pair) -> Pair:
        which, *noises = jax.random.split(jax.random.fold_in(jax.random.key(seed), number), 3)
        real = images[jax.random.randint(which, BATCH, 0, len(images))]
        fake = generate(pair.generator.layers, BATCH, noises[0])

        def mistaken(discriminator: Layers) -> Any:
            for_real, for_fake = critique(discriminator, real), critique(discriminator, fake)
            return (jax.nn.softplus(-for_real) + jax.nn.softplus(for_fake)).mean()

        def found_out(generator: Layers) -> Any:
            drawn = generate(generator, BATCH, noises[1])
            return jax.nn.softplus(-critique(discriminator.layers, drawn)).mean()

        updates = pair.updates + 1
        gradient = jax.grad(mistaken)(pair.discriminator.layers)
        discriminator = descend(pair.discriminator, gradient, values["discriminator_rate"], updates)
        gradient = jax.grad(found_out)(pair.generator.layers)
        generator = descend(pair.generator, gradient, values["generator_rate"], updates)
        return Pair(generator, discriminator, updates)

    return jax.lax.fori_loop(0, steps, step, pair)


def scores(pair: Pair, judge: Judge, count: int) -> tuple[Any, Any]:
    """The Fréchet distance and the Inception-style score of images from noise that is always the same."""
    images = generate(pair.generator.layers, count, jax.random.key(count))
    return frechet(judge, images), inception(judge, images)
