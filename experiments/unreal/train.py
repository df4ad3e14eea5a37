"""A population of agents with auxiliary losses, in one JAX program.

`python3 train.py Breakout 16` takes up to sixteen members at once.
"""

import sys

import jax
import numpy as np
import poptrain

from agent import Agent, Learner, load, save

BY_HAND = {"learning_rate": 2e-3, "entropy": 0.01, "control": 0.05, "reward_prediction": 1, "value_replay": 1}
VALIDATION, *TEST = range(5)  # seeds of 32 new games each: those that choose members, and those that do not


def main(name: str = "Breakout", capacity: str = "1") -> None:
    """Train and report one batch of intervals after the other."""
    learner = Learner(name)
    # Hyperparameters and seeds are arguments of one compiled program, so that other values compile nothing
    # again. Nor does a smaller batch: its members are repeated up to the size of the largest.
    update_all = jax.jit(jax.vmap(learner.update, in_axes=(0, 0, 0, None)))
    score_all = jax.jit(jax.vmap(learner.mean_return, in_axes=(0, None)))

    population, width = None, 0
    for batch in poptrain.batches(capacity=int(capacity), standalone=BY_HAND, steps=800, save_to="out"):
        agents = []
        for interval, parent in zip(batch, batch.parents, strict=True):
            if parent >= 0:  # in memory; of several with one parent, all but one copy it
                agents.append(member(population, parent))
            elif interval.checkpoint:
                agents.append(load(interval.checkpoint / "agent.npz", like=learner.fresh(0)))
            else:
                agents.append(learner.fresh(interval.seed))

        width = max(width, len(batch))
        population = jax.tree.map(lambda *arrays: np.stack(arrays), *(agents * width)[:width])
        values = {name: np.resize(batch[name], width) for name in BY_HAND}
        seeds = np.resize(np.uint32(batch.seeds), width)
        for number in batch.steps:
            population = update_all(population, values, seeds, number)

        metrics = {"mean_return": score_all(population, VALIDATION)}
        if batch.is_test or batch[0].stop >= batch[0].total_steps:
            metrics["test_mean_return"] = np.mean([score_all(population, seed) for seed in TEST], axis=0)
        population = jax.device_get(population)
        for i, interval in enumerate(batch):
            save(member(population, i), interval.save_to / "agent.npz")
        batch.report({name: np.asarray(values)[: len(batch)] for name, values in metrics.items()})


def member(population: Agent, i: int) -> Agent:
    """One of the agents."""
    return jax.tree.map(lambda array: array[i], population)


if __name__ == "__main__":
    main(*sys.argv[1:])
