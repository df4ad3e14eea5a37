"""Digits with noisy labels, as in examples/jax-digits: many members in one JAX program."""

from typing import Any

import jax
import numpy as np
from network import DATA, evaluate, fresh, train
from rules import Domains, Values

STEPS = 60
DOMAINS: Domains = {
    "learning_rate": ("log_uniform", 1e-3, 0.5),
    "weight_decay": ("log_uniform", 1e-6, 0.1),
    "dropout": ("uniform", 0.01, 0.7),
    "q": ("log_uniform", 0.05, 1),
    "keep": ("uniform", 0.3, 1),
}
train_all = jax.jit(jax.vmap(train, in_axes=(0, 0, 0, None)))
evaluate_all = jax.jit(jax.vmap(evaluate, in_axes=(0, None, None)))

first = fresh


def interval(models: Any, values: Values, seeds: Any) -> tuple[Any, Any]:
    """Train one interval; the score is the log-likelihood of the validation data."""
    models = train_all(models, values, seeds, STEPS)
    return models, evaluate_all(models, *DATA["validation"])[0]


def test(model: Any, seed: int) -> float:
    """Accuracy on data that nothing was trained or chosen on."""
    del seed
    return float(np.asarray(evaluate(model, *DATA["test"])[1]))
