"""One Transformer that translates, which knows nothing of a population.

From https://arxiv.org/abs/1706.03762, small: one layer on each side, normalized before each part. Shapes in
brackets: B sentences of a batch, S and T words of a source and a target, D the width, V target words.
"""

from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from corpus import BEGIN, PAD, TARGET_LENGTH, corpus

WIDTH, HEADS, HIDDEN, BATCH = 32, 2, 64, 16
LENGTH = TARGET_LENGTH - 1  # the decoder reads all but the last word, and should say all but the first

DRAWS = 85_664  # random numbers that the masks of a step take; with fewer, their shapes do not fit

Values = dict[str, Any]  # of the hyperparameters
Weights = dict[str, Any]  # by name


class Model(NamedTuple):
    """All that training needs to go on. In a population every array has one more axis: the members."""

    weights: Weights
    mean: Weights  # of the gradients, and of their squares, for Adam
    square: Weights
    updates: Any


def fresh(seed: int) -> Model:
    """Random weights. `source`, `self` and `cross` are attention: of source, target, and target to source."""
    rng = np.random.default_rng(seed)

    def matrix(*shape: int) -> Any:
        return np.float32(rng.normal(0, shape[-2] ** -0.5, shape))

    def table(words: list[str]) -> Any:
        return np.float32(rng.normal(0, WIDTH**-0.5, (len(words), WIDTH)))

    weights: Weights = {
        "source words": table(corpus().source_words),
        "target words": table(corpus().target_words),
    }
    for name in ("source", "self", "cross"):
        weights[name] = matrix(4, WIDTH, WIDTH)  # for queries, keys, values and the output
    for name in ("encoder", "decoder"):
        weights[name] = (matrix(WIDTH, HIDDEN), np.zeros(HIDDEN, np.float32), matrix(HIDDEN, WIDTH))
    zeros = jax.tree.map(np.zeros_like, weights)
    return Model(weights, zeros, zeros, np.int32(0))


def load(path: Path) -> Model:
    """What `save` wrote."""
    with np.load(path) as saved:
        return jax.tree.unflatten(jax.tree.structure(fresh(0)), saved.values())


def save(model: Model, path: Path) -> None:
    """Write all that is in it."""
    np.savez(path, *jax.tree.leaves(model))


class Dropout:
    """Drops units with the rate of each kind, where there is a key."""

    def __init__(self, values: Values, key: Any) -> None:
        """Draw what a whole step needs at once, which compiles much faster than a draw for each mask."""
        self.values, self.used = values, 0
        self.noise = None if key is None else jax.random.uniform(key, DRAWS)

    def __call__(self, kind: str, active: Any) -> Any:
        """The same, with zeros in it."""
        if self.noise is None:
            return active
        start, self.used = self.used, self.used + active.size
        kept = 1 - self.values[f"{kind}_dropout"]
        mask = self.noise[start : self.used].reshape(active.shape) < kept
        return active * mask / kept


def normalized(active: Any) -> Any:
    """With mean 0 and variance 1 in each place."""
    centered = active - active.mean(axis=-1, keepdims=True)
    return centered / jnp.sqrt((centered**2).mean(axis=-1, keepdims=True) + 1e-6)


def positions() -> Any:
    """A pattern of sines that is different in each place [T, D]."""
    angles = np.arange(TARGET_LENGTH)[:, None] / 100 ** np.linspace(0, 1, WIDTH // 2)
    return np.float32(np.hstack([np.sin(angles), np.cos(angles)]))


def embed(table: Any, words: Any) -> Any:
    """The vectors of words [B, T], with their places [B, T, D]."""
    return table[words] * WIDTH**0.5 + positions()[: words.shape[1]]


def attention(matrices: Any, readers: Any, read: Any, visible: Any, drop: Dropout) -> Any:
    """What `readers` [B, Q, D] find in `read` [B, K, D], where it is `visible` [B or 1, Q or 1, K]."""
    query, key, value = (
        (x @ m).reshape(*x.shape[:2], HEADS, WIDTH // HEADS)
        for x, m in zip((readers, read, read), matrices[:3], strict=True)
    )
    scores = jnp.einsum("bqhd,bkhd->bhqk", query, key) / (WIDTH // HEADS) ** 0.5
    weights = jax.nn.softmax(jnp.where(visible[:, None], scores, -1e9))
    found = jnp.einsum("bhqk,bkhd->bqhd", drop("attention", weights), value)
    return drop("layer", found.reshape(readers.shape) @ matrices[3])


def feed_forward(weights: Any, active: Any, drop: Dropout) -> Any:
    """A hidden layer for each place."""
    rise, bias, fall = weights
    return drop("layer", drop("relu", jax.nn.relu(active @ rise + bias)) @ fall)


def encode(weights: Weights, source: Any, drop: Dropout) -> Any:
    """What the source [B, S] says [B, S, D]."""
    active = drop("layer", embed(weights["source words"], source))
    read = normalized(active)
    active += attention(weights["source"], read, read, (source != PAD)[:, None], drop)
    active += feed_forward(weights["encoder"], normalized(active), drop)
    return normalized(active)


def decode(weights: Weights, memory: Any, source: Any, target: Any, places: Any, drop: Dropout) -> Any:
    """Scores of the word that follows after each of `places` [Q] of the target [B, T], as [B, Q, V].

    Only the places asked for are computed. With a single layer, the others matter only as words.
    """
    embedded = drop("layer", embed(weights["target words"], target))
    visible = jnp.arange(target.shape[1]) <= places[:, None]  # [Q, T]: nothing that comes later
    active = embedded[:, places]
    active += attention(weights["self"], normalized(active), normalized(embedded), visible[None], drop)
    active += attention(weights["cross"], normalized(active), memory, (source != PAD)[:, None], drop)
    active += feed_forward(weights["decoder"], normalized(active), drop)
    return normalized(active) @ weights["target words"].T


def loss(weights: Weights, source: Any, target: Any, smoothing: Any, drop: Dropout) -> Any:
    """The cross entropy per word; with smoothing, every word is expected a little."""
    memory = encode(weights, source, drop)
    said, expected = target[:, :-1], target[:, 1:]
    log = jax.nn.log_softmax(decode(weights, memory, source, said, jnp.arange(LENGTH), drop))
    likelihood = jnp.take_along_axis(log, expected[..., None], axis=-1)[..., 0]
    losses = -(1 - smoothing) * likelihood - smoothing * log.mean(axis=-1)
    return (losses * (expected != PAD)).sum() / (expected != PAD).sum()


def train(model: Model, values: Values, seed: Any, steps: Any) -> Model:
    """So many steps of Adam, with the means of Vaswani et al. (2017)."""
    text = corpus().texts["train"]
    source, target = jnp.asarray(text.source), jnp.asarray(text.target)

    def step(number: Any, model: Model) -> Model:
        which, key = jax.random.split(jax.random.fold_in(jax.random.key(seed), number))
        batch = jax.random.randint(which, BATCH, 0, len(source))
        drop = Dropout(values, key)
        gradient = jax.grad(loss)(model.weights, source[batch], target[batch], values["smoothing"], drop)
        updates = model.updates + 1
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, model.mean, gradient)
        square = jax.tree.map(lambda s, g: 0.98 * s + 0.02 * g**2, model.square, gradient)

        def descend(weight: Any, mean: Any, square: Any) -> Any:
            mean, square = mean / (1 - 0.9**updates), square / (1 - 0.98**updates)
            return weight - values["learning_rate"] * mean / (jnp.sqrt(square) + 1e-8)

        return Model(jax.tree.map(descend, model.weights, mean, square), mean, square, updates)

    return jax.lax.fori_loop(0, steps, step, model)


def translate(model: Model, source: Any, target: Any) -> tuple[Any, Any]:
    """The likeliest word, one after the other [B, T]; and the loss on the right translation."""
    drop = Dropout({}, None)
    memory = encode(model.weights, source, drop)

    def say(place: Any, words: Any) -> Any:
        scores = decode(model.weights, memory, source, words, place[None], drop)
        return words.at[:, place + 1].set(scores[:, 0].argmax(axis=-1))

    begun = jnp.full(target.shape, PAD).at[:, 0].set(BEGIN)
    said = jax.lax.fori_loop(0, LENGTH, say, begun)
    return said, loss(model.weights, source, target, 0.0, drop)
