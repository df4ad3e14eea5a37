"""Prints the accuracy of checkpoints on the test data, which nothing was trained or chosen on."""

import sys
from pathlib import Path

from network import DATA, evaluate, load


def main() -> None:
    """Load, classify, print one line per checkpoint."""
    for checkpoint in sys.argv[1:]:
        _, accuracy = evaluate(load(Path(checkpoint) / "model.npz"), *DATA["test"])
        print(f"{checkpoint}: test accuracy {accuracy:.4f}")


if __name__ == "__main__":
    main()
