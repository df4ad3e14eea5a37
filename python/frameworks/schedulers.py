"""Every scheduler of PyTorch that needs no metric, as a plain script builds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy
import torch
from torch.optim import Optimizer
from torch.optim import lr_scheduler as of
from torch.optim.swa_utils import SWALR


class Table(of.LRScheduler):
    """A user's own, with something that no checkpoint should hold."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.table = numpy.linspace(1, 0.1, 100)
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        return [base * float(self.table[self.last_epoch]) for base in self.base_lrs]


KINDS: dict[str, Callable[[Optimizer, float, int], Any]] = {
    "LambdaLR": lambda optimizer, rate, steps: of.LambdaLR(optimizer, lambda step: 1 / (1 + step / 10)),
    "MultiplicativeLR": lambda optimizer, rate, steps: of.MultiplicativeLR(optimizer, lambda step: 0.98),
    "StepLR": lambda optimizer, rate, steps: of.StepLR(optimizer, 7, 0.7),
    "MultiStepLR": lambda optimizer, rate, steps: of.MultiStepLR(optimizer, [5, 25, 40], 0.5),
    "ConstantLR": lambda optimizer, rate, steps: of.ConstantLR(optimizer, 0.3, 35),
    "LinearLR": lambda optimizer, rate, steps: of.LinearLR(optimizer, 0.1, 1.0, 40),
    "ExponentialLR": lambda optimizer, rate, steps: of.ExponentialLR(optimizer, 0.97),
    "PolynomialLR": lambda optimizer, rate, steps: of.PolynomialLR(optimizer, steps, 2),
    "CosineAnnealingLR": lambda optimizer, rate, steps: of.CosineAnnealingLR(optimizer, steps),
    "CosineAnnealingLR_twice": lambda optimizer, rate, steps: of.CosineAnnealingLR(optimizer, 25, 1e-4),
    "CosineAnnealingWarmRestarts": lambda optimizer, rate, steps: of.CosineAnnealingWarmRestarts(
        optimizer, 15
    ),
    "CyclicLR": lambda optimizer, rate, steps: of.CyclicLR(optimizer, rate / 10, rate, 12),
    "OneCycleLR": lambda optimizer, rate, steps: of.OneCycleLR(optimizer, rate, total_steps=steps + 1),
    "SWALR": lambda optimizer, rate, steps: SWALR(optimizer, rate / 10, anneal_epochs=20),
    "SequentialLR": lambda optimizer, rate, steps: of.SequentialLR(
        optimizer, [of.LinearLR(optimizer, 0.1, 1.0, 10), of.CosineAnnealingLR(optimizer, steps - 10)], [10]
    ),
    "Table": lambda optimizer, rate, steps: Table(optimizer),
    "ChainedScheduler": lambda optimizer, rate, steps: of.ChainedScheduler(
        [of.LinearLR(optimizer, 0.1, 1.0, 10), of.ExponentialLR(optimizer, 0.97)]
    ),
}


def new_optimizer(rate: float) -> Optimizer:
    """One with a single weight."""
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate, momentum=0.9)


def train(optimizer: Optimizer, scheduler: Any, steps: int) -> list[float]:
    """The rate of every step."""
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.param_groups[0]["params"][0].grad = torch.ones(1)
        optimizer.step()
        scheduler.step()
    return rates
