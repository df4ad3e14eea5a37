"""Prints the mean return of checkpoints in the test games of train.py.

    python3 greed/evaluate.py CHECKPOINT ...

Models of any age can be tested, and those with averaged weights.
"""

import sys
from pathlib import Path

import jax
import numpy as np

import average
import ppo
import train


def main(*checkpoints: str) -> None:
    """Print each checkpoint and its mean return."""
    games = np.array(train.TEST)
    tests = {}
    for learner in (ppo.Learner("Breakout"), average.Learner("Breakout")):
        fresh = learner.fresh(0)
        score = jax.jit(jax.vmap(learner.mean_return, in_axes=(None, 0)))
        tests[len(jax.tree.leaves(fresh))] = fresh, score
    for checkpoint in checkpoints:
        path = Path(checkpoint) / "agent.npz"
        with np.load(path) as saved:
            fresh, score = tests[len(saved.files)]
        print(checkpoint, score(ppo.load(path, like=fresh), games).mean())


if __name__ == "__main__":
    main(*sys.argv[1:])
