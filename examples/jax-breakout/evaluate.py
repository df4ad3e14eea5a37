"""Prints the mean return of checkpoints over 64 new games, which nothing was trained or chosen by."""

import sys
from pathlib import Path

from ppo import load, returns_of_new_games


def main() -> None:
    """Load, play, print one line per checkpoint."""
    for checkpoint in sys.argv[1:]:
        returns = returns_of_new_games(load(Path(checkpoint) / "agent.npz"), 0)
        print(f"{checkpoint}: mean return {returns.mean():.2f}")


if __name__ == "__main__":
    main()
