"""The data, and two classifiers that judge what a generator draws.

The digits of scikit-learn are divided in half, 898 each. The GAN learns from the first half. A classifier of
that half, the *selector*, gives the scores that select. A classifier of the second half, the *examiner*,
gives the scores that are reported. The two share neither an image nor an initial weight.

`python3 judges.py` shows what both scores say about real digits, and about collections that should be bad.
"""

from functools import cache
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

WIDTHS = (64, 96, 48, 10)  # the 48 are the features by which the Fréchet distance compares images
STEPS, BATCH, RATE = 800, 64, 2e-3


class Judge(NamedTuple):
    """A classifier, and the real images as it sees them."""

    layers: list[tuple[Any, Any]]  # a matrix and a bias each
    mean: Any  # [48], of the features of the real images
    root: Any  # [48, 48], the square root of their covariance


@cache
def halves() -> list[tuple[Any, Any]]:
    """Images [count, 64] from -1 to 1 and labels [count], twice."""
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]

    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    images, labels = np.float32(pixels[order] / 8 - 1), labels[order]
    middle = len(labels) // 2
    return [(images[:middle], labels[:middle]), (images[middle : 2 * middle], labels[middle : 2 * middle])]


def look(layers: list[tuple[Any, Any]], images: Any) -> tuple[Any, Any]:
    """Features [count, 48], and log-probabilities of the classes [count, 10]."""
    *hidden, (last, bias) = layers
    for matrix, shift in hidden:
        images = jax.nn.relu(images @ matrix + shift)
    return images, jax.nn.log_softmax(images @ last + bias)


def square_root(covariance: Any) -> Any:
    """The symmetric root of a positive semidefinite matrix."""
    values, vectors = jnp.linalg.eigh(covariance)
    return (vectors * jnp.sqrt(jnp.maximum(values, 0))) @ vectors.T


@jax.jit
@jax.vmap
def train(images: Any, labels: Any, seed: Any) -> Judge:
    """Adam on the cross entropy of images with a little noise, so that unusual images are judged sensibly."""
    key, init = jax.random.split(jax.random.key(seed))
    keys = jax.random.split(init, len(WIDTHS) - 1)
    layers = [
        (jax.random.normal(k, (n, m)) * (2 / n) ** 0.5, jnp.zeros(m))
        for k, (n, m) in zip(keys, pairwise(WIDTHS), strict=True)
    ]

    def loss(layers: Any, key: Any) -> Any:
        which, noise = jax.random.split(key)
        batch = jax.random.randint(which, BATCH, 0, len(images))
        noisy = images[batch] + 0.2 * jax.random.normal(noise, (BATCH, 64))
        return -look(layers, noisy)[1][jnp.arange(BATCH), labels[batch]].mean()

    def step(number: Any, state: Any) -> Any:
        layers, mean, square = state
        gradient = jax.grad(loss)(layers, jax.random.fold_in(key, number))
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
        square = jax.tree.map(lambda s, g: 0.99 * s + 0.01 * g**2, square, gradient)
        layers = jax.tree.map(lambda w, m, s: w - RATE * m / (jnp.sqrt(s) + 1e-6), layers, mean, square)
        return layers, mean, square

    zeros = jax.tree.map(jnp.zeros_like, layers)
    layers, _, _ = jax.lax.fori_loop(0, STEPS, step, (layers, zeros, zeros))
    features, _ = look(layers, images)
    return Judge(layers, features.mean(axis=0), square_root(jnp.cov(features.T)))


@cache
def judges() -> list[Judge]:
    """The selector and the examiner. Every process trains them again, in a second, and gets the same."""
    images, labels = map(np.stack, zip(*halves(), strict=True))
    both = jax.device_get(train(images, labels, np.arange(2)))
    return [jax.tree.map(itemgetter(i), both) for i in range(2)]


def frechet(judge: Judge, images: Any) -> Any:
    """The Fréchet distance of Heusel et al. (2017) from the real images, as clouds of features."""
    features, _ = look(judge.layers, images)
    mean, covariance = features.mean(axis=0), jnp.cov(features.T)
    overlap = jnp.linalg.eigvalsh(judge.root @ covariance @ judge.root)
    spread = jnp.trace(covariance) + (judge.root**2).sum() - 2 * jnp.sqrt(jnp.maximum(overlap, 0)).sum()
    return ((mean - judge.mean) ** 2).sum() + spread


def inception(judge: Judge, images: Any) -> Any:
    """The score of Salimans et al. (2016), from 1 to 10: all images are sure, all classes occur."""
    _, log = look(judge.layers, images)
    return jnp.exp((jnp.exp(log) * (log - jnp.log(jnp.exp(log).mean(axis=0)))).sum(axis=1).mean())


def main() -> None:
    """Print both scores of both judges."""
    (first, labels), (second, second_labels) = halves()
    one_each = first[[int(np.flatnonzero(labels == digit)[0]) for digit in range(10)]]
    rng = np.random.default_rng(0)
    collections = {
        "the first half": first,
        "the second half": second,
        "ten images, one of each digit, over and over": np.tile(one_each, (90, 1)),
        "the second half, without the digits 5 to 9": second[second_labels < 5],
        "the second half, with noise": np.clip(second + rng.normal(0, 0.5, second.shape), -1, 1),
        "random pixels": rng.uniform(-1, 1, second.shape),
    }
    print("| images | Fréchet: selector | examiner | Inception: selector | examiner |\n|---|--:|--:|--:|--:|")
    for name, images in collections.items():
        scores = [score(judge, jnp.float32(images)) for score in (frechet, inception) for judge in judges()]
        print(f"| {name} | {' | '.join(f'{score:.2f}' for score in scores)} |")


if __name__ == "__main__":
    main()
