"""What a plain script, which knows nothing of a population, uses in each step of a schedule.

PyTorch is imported only when it is asked: some frameworks are tested where it is not installed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

Shape = Callable[[int], list[float]]


def _of(scheduler: Callable[[torch.optim.Optimizer, int], Any]) -> Shape:
    @functools.cache
    def factors(steps: int) -> list[float]:
        import torch

        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        schedule = scheduler(optimizer, steps)
        rates = []
        for _ in range(steps):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        return rates

    return factors


def _warmup_and_cosine(optimizer: torch.optim.Optimizer, steps: int) -> Any:
    from torch.optim import lr_scheduler

    warmup = lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=20)
    decay = lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps - 20)
    return lr_scheduler.SequentialLR(optimizer, [warmup, decay], milestones=[20])


def _one_cycle(optimizer: torch.optim.Optimizer, steps: int) -> Any:
    from torch.optim import lr_scheduler

    return lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=steps)


def _of_transformers(optimizer: torch.optim.Optimizer, steps: int) -> Any:
    from transformers import get_scheduler

    return get_scheduler("cosine", optimizer, num_warmup_steps=20, num_training_steps=steps)


def constant(steps: int) -> list[float]:
    """No schedule."""
    return [1.0] * steps


warmup_and_cosine = _of(_warmup_and_cosine)
one_cycle = _of(_one_cycle)
of_transformers = _of(_of_transformers)
