"""Trains a small network to tell two half-moons apart. Replace it by your model."""

import math

import poptrain
import torch
from torch import nn


def half_moons(count, seed):
    """Points, and which of the two half-moons each belongs to: 0 or 1."""
    generator = torch.Generator().manual_seed(seed)
    angles = math.pi * torch.rand(count, generator=generator)
    labels = torch.randint(2, (count,), generator=generator)
    centred = torch.stack([angles.cos() - 0.5, angles.sin() - 0.25], dim=1)
    points = (2 * labels[:, None] - 1) * centred
    return points + 0.2 * torch.randn(count, 2, generator=generator), labels


POINTS, LABELS = half_moons(500, seed=0)
VALIDATION_POINTS, VALIDATION_LABELS = half_moons(500, seed=1)


def train(interval):
    """Train one member for one interval."""
    torch.manual_seed(interval.seed)  # the same again where it is repeated
    rates = {"lr": interval["learning_rate"], "momentum": interval["momentum"]}
    model = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 2))
    optimizer = torch.optim.SGD(model.parameters(), **rates)
    loss = nn.CrossEntropyLoss()

    if interval.checkpoint:
        state = torch.load(interval.checkpoint / "state.pt")
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        for group in optimizer.param_groups:
            group.update(rates)  # loading brought back the rates of the checkpoint
    # Say what training uses. Poptrain fails the interval if it is not what it set.
    interval.applied(
        learning_rate=lambda: optimizer.param_groups[0]["lr"],
        momentum=lambda: optimizer.param_groups[0]["momentum"],
    )

    for _ in interval.steps:
        batch = torch.randint(len(POINTS), (32,))
        optimizer.zero_grad()
        loss(model(POINTS[batch]), LABELS[batch]).backward()
        optimizer.step()

    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save(state, interval.save_to / "state.pt")
    with torch.no_grad():
        interval.report(loss=loss(model(VALIDATION_POINTS), VALIDATION_LABELS))


for interval in poptrain.intervals():
    train(interval)
