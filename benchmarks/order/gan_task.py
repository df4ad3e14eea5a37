"""The GAN of experiments/gan, selected by the Fréchet distance: pairs of networks in one JAX program."""

from functools import partial
from typing import Any

import jax
from gan import fresh, scores, train
from judges import judges
from rules import Domains, Values

STEPS = 75
DOMAINS: Domains = {
    "generator_rate": ("log_uniform", 1e-4, 0.1),
    "discriminator_rate": ("log_uniform", 1e-4, 0.1),
}
SELECTOR, EXAMINER = judges()
train_all = jax.jit(jax.vmap(train, in_axes=(0, 0, 0, None)))
select_all = jax.jit(jax.vmap(partial(scores, judge=SELECTOR, count=1000)))
examine = jax.jit(partial(scores, judge=EXAMINER, count=2000))

first = fresh


def interval(models: Any, values: Values, seeds: Any) -> tuple[Any, Any]:
    """Train one interval; the score is the distance to the selector's digits, negative: higher is better."""
    models = train_all(models, values, seeds, STEPS)
    return models, -select_all(models)[0]


def test(model: Any, seed: int) -> float:
    """The distance to the examiner's digits, negative."""
    del seed
    return -float(examine(model)[0])
