"""A member of examples/digits for the peers. The modules of the example are in the path."""

from pathlib import Path

import numpy as np
from network import Network
from prepare import digits
from train import BATCH, slope_of_loss, trust_by_rank

HYPERPARAMETERS = {
    "learning_rate": ("loguniform", 1e-3, 0.5),
    "weight_decay": ("loguniform", 1e-6, 0.1),
    "dropout": ("uniform", 0.01, 0.7),
    "q": ("loguniform", 0.05, 1),
    "keep": ("uniform", 0.3, 1),
}
STEPS = 60


class Member:
    """Trains as train.py does."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng()
        self.data = digits()
        self.begin()

    def begin(self) -> None:
        """Be another member, with fresh weights."""
        self.network = Network.fresh(self.rng)

    def train(self, values: dict[str, float]) -> float:
        """One interval; the log-likelihood on the validation data."""
        images, labels = self.data["train"]
        trust = trust_by_rank(values["keep"])
        for _ in range(STEPS):
            batch = self.rng.integers(len(images), size=BATCH)
            scores = self.network.forward(images[batch], values["dropout"], self.rng)
            self.network.backward(slope_of_loss(scores, labels[batch], values["q"], trust))
            self.network.descend(values["learning_rate"], values["weight_decay"])

        images, labels = self.data["validation"]
        scores = self.network.forward(images)
        likelihood = scores[np.arange(len(scores)), labels] - np.logaddexp.reduce(scores, axis=1)
        return float(likelihood.mean())

    def save(self, path: Path) -> None:
        """Save all that training needs to go on."""
        self.network.save(path)

    def load(self, path: Path) -> None:
        """Go on from what was saved."""
        self.network = Network.load(path)
