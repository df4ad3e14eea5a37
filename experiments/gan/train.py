"""A population of GANs that learn to draw digits, in one JAX program.

`python3 train.py 20` takes up to twenty members at once; without a number, one.
"""

import sys
from functools import partial

import jax
import numpy as np
import poptrain

from gan import Pair, fresh, load, save, scores, train
from judges import judges

CAPACITY = int(sys.argv[1]) if len(sys.argv) > 1 else 1
BY_HAND = {"generator_rate": 2e-4, "discriminator_rate": 2e-4}  # of Radford et al. (2015)

# Hyperparameters, seeds and steps are arguments of one compiled program, so that other values compile nothing
# again. Nor does a smaller batch: its members are repeated up to the capacity.
train_all = jax.jit(jax.vmap(train, in_axes=(0, 0, 0, None)))


def member(population: Pair, i: int) -> Pair:
    """One of the pairs."""
    return jax.tree.map(lambda array: array[i], population)


def main() -> None:
    """Train and report one batch of intervals after the other."""
    selector, examiner = judges()
    select_all = jax.jit(jax.vmap(partial(scores, judge=selector, count=1000)))
    examine_all = jax.jit(jax.vmap(partial(scores, judge=examiner, count=2000)))
    population = None
    for batch in poptrain.batches(capacity=CAPACITY, standalone=BY_HAND, steps=3000, save_to="out"):
        pairs = []
        for interval, parent in zip(batch, batch.parents, strict=True):
            if parent >= 0:  # in memory; of several with one parent, all but one copy it
                pairs.append(member(population, parent))
            elif interval.checkpoint:
                pairs.append(load(interval.checkpoint / "pair.npz"))
            else:
                pairs.append(fresh(interval.seed))

        size = CAPACITY if len(batch) > 1 else 1  # a member alone is as fast as it can be
        population = jax.tree.map(lambda *arrays: np.stack(arrays), *(pairs * size)[:size])
        values = {name: np.resize(batch[name], size) for name in BY_HAND}
        seeds = np.resize(np.uint32(batch.seeds), size)
        population = jax.device_get(train_all(population, values, seeds, batch.step_count))
        batch.advance(batch.step_count)

        for i, interval in enumerate(batch):
            save(member(population, i), interval.save_to / "pair.npz")
        frechet, inception = select_all(population)
        test_frechet, test_inception = examine_all(population)
        measured = {
            "frechet": frechet,
            "inception": inception,
            "test_frechet": test_frechet,
            "test_inception": test_inception,
        }
        batch.report({name: values[: len(batch)] for name, values in measured.items()})


if __name__ == "__main__":
    main()
