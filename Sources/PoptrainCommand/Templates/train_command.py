"""Fits a line to points by gradient descent. Replace it by your program."""

import argparse
import json
import random
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--load", help="the folder of a checkpoint; empty: start fresh")
parser.add_argument("--save", type=Path, help="the folder to save into")
parser.add_argument("--start", type=int, help="the steps that were trained before")
parser.add_argument("--stop", type=int, help="the steps to train to")
parser.add_argument("--seed", type=int, help="of the random numbers")
parser.add_argument("--learning_rate", type=float)
parser.add_argument("--momentum", type=float)
arguments = parser.parse_args()

noise = random.Random(0)  # the same data for every member
XS = [i / 50 - 1 for i in range(100)]
POINTS = [(x, 3.0 * x - 1.0 + noise.gauss(0.0, 0.1)) for x in XS]

# A checkpoint holds the model and what the optimizer remembers, but no hyperparameters:
# they may have changed.
weights, velocity = [0.0, 0.0], [0.0, 0.0]
if arguments.load:
    weights, velocity = json.loads((Path(arguments.load) / "model.json").read_text())

rng = random.Random(arguments.seed)  # the same again where it is repeated
for _ in range(arguments.start, arguments.stop):
    x, y = rng.choice(POINTS)
    slope = 2 * (weights[0] * x + weights[1] - y)
    for i, gradient in enumerate((slope * x, slope)):
        velocity[i] = arguments.momentum * velocity[i] + gradient
        weights[i] -= arguments.learning_rate * velocity[i]

(arguments.save / "model.json").write_text(json.dumps([weights, velocity]))
loss = sum((weights[0] * x + weights[1] - y) ** 2 for x, y in POINTS) / len(POINTS)
print(f"loss={loss}")
