"""Several games of an Atari console at once, seen as the console's memory."""

from typing import Any

import ale_py
import numpy as np
from ale_py import roms

LONGEST = 500  # moves after which a game is cut
SKIP = 4  # frames that a move lasts
STICKY = 0.25  # probability that the console repeats the move before, as Machado et al. (2018) recommend
MEMORY = 128  # bytes

Array = np.ndarray[Any, np.dtype[Any]]


class Games:
    """New games. A game that is over, or cut, begins again."""

    def __init__(self, name: str, count: int, seed: int) -> None:
        self.consoles = [console(name, (seed + i) % 2**31) for i in range(count)]
        self.moves = self.consoles[0].getMinimalActionSet()
        self.lengths = np.zeros(count, int)

    def look(self) -> Array:
        """The memory of each console."""
        return np.stack([console.getRAM() for console in self.consoles])

    def step(self, actions: Array) -> tuple[Array, Array]:
        """What each game paid, and which are over."""
        pairs = zip(self.consoles, actions, strict=True)
        rewards = np.array([console.act(self.moves[action]) for console, action in pairs], np.float32)
        self.lengths += 1
        is_last = (self.lengths >= LONGEST) | [console.game_over() for console in self.consoles]
        for i in np.flatnonzero(is_last):
            self.consoles[i].reset_game()
            self.lengths[i] = 0
        return rewards, is_last


def console(name: str, seed: int) -> Any:
    """A console with a game in it."""
    ale_py.ALEInterface.setLoggerMode(ale_py.LoggerMode.Error)
    console = ale_py.ALEInterface()
    console.setInt("random_seed", seed)
    console.setInt("frame_skip", SKIP)
    console.setFloat("repeat_action_probability", STICKY)
    console.loadROM(roms.get_rom_path(name))
    return console
