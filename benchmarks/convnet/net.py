"""The conv net that both train: scikit-learn's handwritten digits, one step at a time."""

import torch
from sklearn.datasets import load_digits
from torch import nn

torch.set_num_threads(1)
pixels, numbers = load_digits(return_X_y=True)
images, labels = torch.tensor(pixels, dtype=torch.float32).view(-1, 1, 8, 8) / 16, torch.tensor(numbers)


def network():
    """A network with fresh weights."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(32 * 2 * 2, 10),
    )  # fmt: skip


def train_step(model, optimizer):
    """One step on 64 of the first 1,200 images."""
    batch = torch.randint(1200, (64,))
    loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def accuracy(model):
    """The share of the other 597 images that are read correctly."""
    with torch.no_grad():
        return (model(images[1200:]).argmax(dim=1) == labels[1200:]).float().mean().item()
