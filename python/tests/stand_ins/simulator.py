"""A simulator that can be started once in the life of a process."""

from __future__ import annotations

import random

_started = False


class World:
    """Rewards a policy the more the nearer it is to a number that nobody tells."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def gradient(self, policy: float) -> float:
        return 2 * (3.0 - policy) + self._random.gauss(0, 0.01)

    def reward(self, policy: float) -> float:
        return -((3.0 - policy) ** 2)


def start(seed: int) -> World:
    global _started
    if _started:
        raise RuntimeError("the simulator was already started in this process")
    _started = True
    return World(seed)
