"""Learns to read digits with wrong labels: a whole population in one JAX program.

`python3 train.py 20` takes up to twenty members at once; without a number, one.
"""

import sys

import jax
import numpy as np
import poptrain

from network import DATA, Model, evaluate, fresh, load, save, train

CAPACITY = int(sys.argv[1]) if len(sys.argv) > 1 else 1
BY_HAND = {"learning_rate": 0.025, "weight_decay": 1e-5, "dropout": 0.4, "q": 0.5, "keep": 0.7}

# Hyperparameters, seeds and steps are arguments of one compiled program, so that other values compile nothing
# again. Nor does a smaller batch: its members are repeated up to the capacity.
train_all = jax.jit(jax.vmap(train, in_axes=(0, 0, 0, None)))
evaluate_all = jax.jit(jax.vmap(evaluate, in_axes=(0, None, None)))


def member(population: Model, i: int) -> Model:
    """One of the models."""
    return jax.tree.map(lambda array: array[i], population)


def main() -> None:
    """Train and report one batch of intervals after the other."""
    population = None
    for batch in poptrain.batches(capacity=CAPACITY, standalone=BY_HAND, steps=1800, save_to="out"):
        models = []
        for interval, parent in zip(batch, batch.parents, strict=True):
            if parent >= 0:  # in memory; of several with one parent, all but one copy it
                models.append(member(population, parent))
            elif interval.checkpoint:
                models.append(load(interval.checkpoint / "model.npz"))
            else:
                models.append(fresh(interval.seed))

        population = jax.tree.map(lambda *arrays: np.stack(arrays), *(models * CAPACITY)[:CAPACITY])
        values = {name: np.resize(batch[name], CAPACITY) for name in BY_HAND}
        seeds = np.resize(np.uint32(batch.seeds), CAPACITY)
        population = jax.device_get(train_all(population, values, seeds, batch.step_count))
        batch.advance(batch.step_count)

        for i, interval in enumerate(batch):
            save(member(population, i), interval.save_to / "model.npz")
        likelihood, accuracy = evaluate_all(population, *DATA["validation"])
        batch.report(log_likelihood=likelihood[: len(batch)], accuracy=accuracy[: len(batch)])


if __name__ == "__main__":
    main()
