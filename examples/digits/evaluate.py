"""Prints the accuracy of checkpoints on the test data, which nothing was trained or chosen on."""

import argparse
import json
from pathlib import Path

from network import Network
from prepare import digits


def main() -> None:
    """Load, classify, print one line per checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", metavar="CHECKPOINT_DIR", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    arguments = parser.parse_args()

    images, labels = digits()["test"]
    for checkpoint in arguments.checkpoints:
        scores = Network.load(checkpoint / "network.npz").forward(images)
        accuracy = float((scores.argmax(axis=1) == labels).mean())
        if arguments.json:
            print(json.dumps({"checkpoint": str(checkpoint), "accuracy": accuracy}))
        else:
            print(f"{checkpoint}: test accuracy {accuracy:.4f}")


if __name__ == "__main__":
    main()
