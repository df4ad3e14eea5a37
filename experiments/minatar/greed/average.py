"""The population of train.py, but an exponential average of the weights is what is scored.

It is run from the folder above, by ../ablations.py: `python3 greed/average.py Breakout 16`.
"""

import sys
from pathlib import Path
from typing import Any, NamedTuple

import jax

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import ppo
import train

DECAY = 0.9  # per update, so the average is about ten updates old


class Averaged(NamedTuple):
    """What is trained, and the average of its layers."""

    agent: ppo.Agent
    layers: list[ppo.Layer]


class Learner(ppo.Learner):
    """Trains the last weights, plays with their average."""

    def fresh(self, seed: int) -> Averaged:
        """A fresh agent, whose average is what it is."""
        agent = super().fresh(seed)
        return Averaged(agent, agent.layers)

    def update(self, averaged: Averaged, values: ppo.Values, seed: Any, number: Any) -> Averaged:
        """One update, which the average follows."""
        agent = super().update(averaged.agent, values, seed, number)
        mixed = jax.tree.map(lambda old, new: DECAY * old + (1 - DECAY) * new, averaged.layers, agent.layers)
        return Averaged(agent, mixed)

    def mean_return(self, averaged: Averaged, seed: Any, count: int = 32) -> Any:
        """That of the average."""
        return super().mean_return(averaged.agent._replace(layers=averaged.layers), seed, count)


if __name__ == "__main__":
    train.Learner = Learner
    train.main(*sys.argv[1:])
