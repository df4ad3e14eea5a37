"""Learns to read digits although two fifths of the labels are wrong, in PyTorch."""

import poptrain
import torch
from torch import Tensor, nn

from prepare import digits

BATCH = 32
BY_HAND = {"learning_rate": 0.025, "weight_decay": 1e-4, "dropout": 0.4, "q": 0.5}


def network(dropout: float) -> nn.Module:
    """A multilayer perceptron with fresh weights."""
    return nn.Sequential(
        nn.Linear(64, 64), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(64, 64), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(64, 10),
    )  # fmt: skip


def log_likelihood(scores: Tensor, labels: Tensor) -> Tensor:
    """That of the label, for each sample."""
    return scores.log_softmax(dim=1).gather(1, labels[:, None])[:, 0]


def main() -> None:
    """Train and report one interval after the other."""
    data = {name: [torch.from_numpy(array) for array in arrays] for name, arrays in digits().items()}
    images, labels = data["train"]
    validation_images, validation_labels = data["validation"]

    for interval in poptrain.intervals(standalone=BY_HAND, steps=1800, save_to="out"):
        torch.manual_seed(interval.seed)
        rates = {"lr": interval["learning_rate"], "weight_decay": interval["weight_decay"]}
        model = network(interval["dropout"])
        optimizer = torch.optim.SGD(model.parameters(), momentum=0.9, **rates)
        if interval.checkpoint:
            state = torch.load(interval.checkpoint / "state.pt")
            model.load_state_dict(state["model"])
            optimizer.load_state_dict(state["optimizer"])
            for group in optimizer.param_groups:
                group.update(rates)  # loading has brought back those that were saved
            if state["member"] == interval.member:
                torch.set_rng_state(state["random"])  # a copy draws other samples than its donor
        group = optimizer.param_groups[0]
        interval.applied(
            learning_rate=lambda group=group: group["lr"],
            weight_decay=lambda group=group: group["weight_decay"],
        )

        for _ in interval.steps:
            batch = torch.randint(len(images), (BATCH,))
            likelihood = log_likelihood(model(images[batch]), labels[batch])
            loss = (-torch.expm1(interval["q"] * likelihood) / interval["q"]).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        state = {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "member": interval.member,
            "random": torch.get_rng_state(),
        }
        torch.save(state, interval.save_to / "state.pt")

        model.eval()
        with torch.no_grad():
            scores = model(validation_images)
        accuracy = scores.argmax(dim=1) == validation_labels
        interval.report(
            log_likelihood=log_likelihood(scores, validation_labels).mean(), accuracy=accuracy.float().mean()
        )


if __name__ == "__main__":
    main()
