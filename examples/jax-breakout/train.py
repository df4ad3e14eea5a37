"""A population of agents that learn to play Breakout, in one JAX program.

`python3 train.py 16` takes up to sixteen members at once; without a number, one.
"""

import sys

import jax
import numpy as np
import poptrain

from ppo import Agent, fresh, load, save, update

CAPACITY = int(sys.argv[1]) if len(sys.argv) > 1 else 1
BY_HAND = {"learning_rate": 1.6e-3, "entropy": 2.4e-4, "clip": 0.13, "trace": 0.76}

# Hyperparameters and seeds are arguments of one compiled program, so that other values compile nothing again.
# Nor does a smaller batch: its members are repeated up to the capacity.
update_all = jax.jit(jax.vmap(update, in_axes=(0, 0, 0, None)))


def member(population: Agent, i: int) -> Agent:
    """One of the agents."""
    return jax.tree.map(lambda array: array[i], population)


def main() -> None:
    """Train and report one batch of intervals after the other."""
    population = None
    for batch in poptrain.batches(capacity=CAPACITY, standalone=BY_HAND, steps=400, save_to="out"):
        agents = []
        for interval, parent in zip(batch, batch.parents, strict=True):
            if parent >= 0:  # in memory; of several with one parent, all but one copy it
                agents.append(member(population, parent))
            elif interval.checkpoint:
                agents.append(load(interval.checkpoint / "agent.npz"))
            else:
                agents.append(fresh(np.uint32(interval.seed)))

        population = jax.tree.map(lambda *arrays: np.stack(arrays), *(agents * CAPACITY)[:CAPACITY])
        values = {name: np.resize(batch[name], CAPACITY) for name in BY_HAND}
        seeds = np.resize(np.uint32(batch.seeds), CAPACITY)
        for number in batch.steps:
            population = update_all(population, values, seeds, number)
        population = jax.device_get(population)

        for i, interval in enumerate(batch):
            save(member(population, i), interval.save_to / "agent.npz")
        mean_return = population.total / np.maximum(population.ended, 1)
        batch.report(mean_return=mean_return[: len(batch)])


if __name__ == "__main__":
    main()
