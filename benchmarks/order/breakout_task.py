"""MinAtar's Breakout by proximal policy optimisation, as in examples/jax-breakout, with shorter intervals."""

from typing import Any

import jax
import numpy as np
from ppo import fresh, returns_of_new_games, update
from rules import Domains, Values

STEPS = 16
DOMAINS: Domains = {
    "learning_rate": ("log_uniform", 1e-5, 1e-2),
    "entropy": ("log_uniform", 1e-4, 0.2),
    "clip": ("log_uniform", 0.05, 0.6),
    "trace": ("uniform", 0.5, 1),
}
update_all = jax.jit(jax.vmap(update, in_axes=(0, 0, 0, None)))


def first(seed: int) -> Any:
    """A fresh agent."""
    return jax.device_get(fresh(np.uint32(seed)))


def interval(models: Any, values: Values, seeds: Any) -> tuple[Any, Any]:
    """Train one interval; the score is the mean return of the games that ended in it."""
    for number in range(STEPS):
        models = update_all(models, values, seeds, number)
    return models, models.total / np.maximum(models.ended, 1)


def test(model: Any, seed: int) -> float:
    """Mean return of 64 new games."""
    return float(np.mean(returns_of_new_games(model, np.uint32(seed))))
