"""Learns to read digits although two fifths of the labels are wrong.

What is best changes while training. At first every sample teaches something and large steps are right; later
only those samples do whose labels make sense to the network, and small steps are. Poptrain finds such a
schedule.
"""

import numpy as np
import poptrain

from network import Array, Network
from prepare import Labels, digits

BATCH = 32
ROWS = np.arange(BATCH)
BY_HAND = {"learning_rate": 0.025, "weight_decay": 1e-5, "dropout": 0.4, "q": 0.5, "keep": 0.7}


def trust_by_rank(keep: float) -> Array:
    """How much each sample of a batch counts, by the rank of its loss.

    About the share `keep` with the smallest losses counts, the others do not. The edge is a little soft, so
    that `keep` can take any value.
    """
    trust: Array = (1 / (1 + np.exp(2 * (ROWS - keep * BATCH))) / BATCH).astype(np.float32)
    return trust


def slope_of_loss(scores: Array, labels: Labels, q: float, trust: Array) -> Array:
    """The slope of the generalised cross entropy (1 - p^q) / q, p being the probability of the label.

    For q near 0 it is the cross entropy, for q = 1 the absolute error, on which a wrong label pulls less.
    From https://arxiv.org/abs/1805.07836.
    """
    slope: Array = np.exp(scores - scores.max(axis=1, keepdims=True))
    slope /= slope.sum(axis=1, keepdims=True)
    probability = slope[ROWS, labels]
    slope[ROWS, labels] -= 1
    weight = probability**q
    weight[np.argsort(-probability)] *= trust  # the smallest loss is where the probability is largest
    slope *= weight[:, np.newaxis]
    return slope


def main() -> None:
    """Train and report one interval after the other."""
    images, labels = digits()["train"]
    validation_images, validation_labels = digits()["validation"]

    for interval in poptrain.intervals(standalone=BY_HAND, steps=1800, save_to="out"):
        rng = np.random.default_rng(interval.seed)
        if interval.checkpoint:
            network = Network.load(interval.checkpoint / "network.npz")
        else:
            network = Network.fresh(rng)
        learning_rate, weight_decay = interval["learning_rate"], interval["weight_decay"]
        dropout, q, trust = interval["dropout"], interval["q"], trust_by_rank(interval["keep"])

        for _ in interval.steps:
            batch = rng.integers(len(images), size=BATCH)
            scores = network.forward(images[batch], dropout, rng)
            network.backward(slope_of_loss(scores, labels[batch], q, trust))
            network.descend(learning_rate, weight_decay)

        network.save(interval.save_to / "network.npz")

        scores = network.forward(validation_images)
        likelihood = scores[np.arange(len(scores)), validation_labels] - np.logaddexp.reduce(scores, axis=1)
        accuracy = scores.argmax(axis=1) == validation_labels
        interval.report(log_likelihood=likelihood.mean(), accuracy=accuracy.mean())


if __name__ == "__main__":
    main()
