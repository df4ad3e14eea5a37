"""A member of a population of agents that learn an Atari game.

`python3 train.py --game freeway --environments 8 --device cpu`
"""

import argparse
from pathlib import Path
from typing import Any

import jax
import numpy as np
import poptrain

from games import LONGEST, MEMORY, Games
from ppo import Agent, Frames, act, fresh, learn, load, save

BY_HAND = {"learning_rate": 2e-3, "entropy": 0.01, "clip": 0.2, "trace": 0.95}
FRAMES = 64  # that an update plays of each game
VALIDATION, TEST = 1_000_000, 2_000_000  # seeds of new games that choose members, and of others
VALIDATION_GAMES, TEST_GAMES = 4, 16


def main() -> None:
    """Train and report one interval after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--game", default="freeway")
    parser.add_argument("--environments", type=int, default=8, help="games that are played at once")
    parser.add_argument("--device", default="cpu", help="where it is learned: cpu, gpu or tpu")
    arguments = parser.parse_args()

    with jax.default_device(jax.devices(arguments.device)[0]):
        for interval in poptrain.intervals(standalone=BY_HAND, steps=80, save_to="out"):
            # New games in every interval: those of the process may have been played by another model.
            games = Games(arguments.game, arguments.environments, interval.seed)
            if interval.checkpoint:
                agent = load(interval.checkpoint / "agent.npz")
            else:
                agent = fresh(MEMORY, len(games.moves), interval.seed)
            for number, _ in enumerate(interval.steps):
                agent = update(agent, games, dict(interval.hyperparameters), np.uint32(interval.seed), number)

            metrics = {"mean_return": mean_return(agent, arguments.game, VALIDATION, VALIDATION_GAMES)}
            if interval.is_test or interval.stop >= interval.total_steps:
                metrics["test_mean_return"] = mean_return(agent, arguments.game, TEST, TEST_GAMES)
            save(agent, Path(interval.save_to) / "agent.npz")
            interval.report(metrics)


def update(agent: Agent, games: Games, values: dict[str, Any], seed: Any, number: int) -> Agent:
    """Play, then learn from it. `number` counts the updates of the interval, from 0."""
    frames = []
    for frame in range(FRAMES):
        memory = games.look()
        action, log_probability, value = act(agent.layers, memory, seed, number * FRAMES + frame)
        reward, is_last = games.step(np.asarray(action))
        frames.append(Frames(memory, action, log_probability, value, reward, is_last))
    played = jax.tree.map(lambda *arrays: np.stack(arrays), *frames)
    return learn(agent, played, games.look(), values, np.uint32(seed + number))


def mean_return(agent: Agent, game: str, seed: int, count: int) -> float:
    """Of new games, played to their ends by the policy as it is."""
    games = Games(game, count, seed)
    total, running = np.zeros(count), np.ones(count, bool)
    for frame in range(LONGEST):
        action, _, _ = act(agent.layers, games.look(), np.uint32(seed), frame)
        reward, is_last = games.step(np.asarray(action))
        total += reward * running
        running &= ~is_last
        if not running.any():
            break
    return float(total.mean())


if __name__ == "__main__":
    main()
