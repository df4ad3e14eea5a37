"""Schedulers that a helper takes to an age: the rates from there on are those of a plain loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schedulers
import torch
from torch.optim import lr_scheduler as of

import poptrain.schedulers

STEPS = 60


class Halved(of.StepLR):
    """A user's own that derives from one of PyTorch's."""

    def get_lr(self) -> list[Any]:
        return [rate / 2 if self.last_epoch % 5 == 1 else rate for rate in super().get_lr()]


MORE: dict[str, Callable[[torch.optim.Optimizer], Any]] = {
    "restarts, longer each time": lambda optimizer: of.CosineAnnealingWarmRestarts(optimizer, 2, 3, 1e-3),
    "restarts at every step": lambda optimizer: of.CosineAnnealingWarmRestarts(optimizer, 1),
    "polynomial that ends early": lambda optimizer: of.PolynomialLR(optimizer, 20),
    "cosine to a floor": lambda optimizer: of.CosineAnnealingLR(optimizer, 7, 1e-2),
    "three in sequence": lambda optimizer: of.SequentialLR(
        optimizer,
        [of.ConstantLR(optimizer, 0.1, 5), of.ExponentialLR(optimizer, 0.9), of.StepLR(optimizer, 4)],
        [10, 30],
    ),
    "an own one in sequence": lambda optimizer: of.SequentialLR(
        optimizer, [of.LinearLR(optimizer, 0.1, 1.0, 10), Halved(optimizer, 7)], [10]
    ),
    "one that needs all before it in sequence": lambda optimizer: of.SequentialLR(
        optimizer,
        [of.ExponentialLR(optimizer, 0.9), of.MultiplicativeLR(optimizer, lambda step: 0.95)],
        [10],
    ),
    "chained with a floor": lambda optimizer: of.ChainedScheduler(
        [of.CosineAnnealingLR(optimizer, 25, 1e-2), of.ExponentialLR(optimizer, 0.97)]
    ),
    "chained, of which one begins at nothing": lambda optimizer: of.ChainedScheduler(
        [of.ExponentialLR(optimizer, 0.97), of.MultiStepLR(optimizer, [0, 20], 0.5)]
    ),
    "own": lambda optimizer: Halved(optimizer, 7),
}
KINDS = {name: lambda optimizer, kind=kind: kind(optimizer, 0.1, STEPS + 20)
         for name, kind in schedulers.KINDS.items()} | MORE  # fmt: skip


def two_rates(rate: float) -> torch.optim.Optimizer:
    """An optimizer with another rate in its second group."""
    weights = [torch.nn.Parameter(torch.zeros(1)) for _ in range(2)]
    return torch.optim.SGD(
        [{"params": weights[:1]}, {"params": weights[1:], "lr": rate / 3}], lr=rate, momentum=0.9
    )


def rates(optimizer: torch.optim.Optimizer, *wound: Any) -> list[list[float]]:
    """The rates of both groups in the next steps."""
    seen = []
    for _ in range(12):
        seen.append([float(group["lr"]) for group in optimizer.param_groups])
        optimizer.step()
        for scheduler in wound:
            scheduler.step()
    return seen


@pytest.mark.parametrize("name", KINDS)
def test_a_wound_scheduler_goes_on_as_in_a_plain_loop(name: str) -> None:
    for age in range(STEPS):
        plain = two_rates(0.1)
        scheduler = KINDS[name](plain)
        for _ in range(age):
            plain.step()
            scheduler.step()
        wound = two_rates(0.1)
        another = KINDS[name](wound)
        poptrain.schedulers.wind([(another, age)])
        assert another.get_last_lr() == pytest.approx(scheduler.get_last_lr(), rel=1e-9), age
        expected = rates(plain, scheduler)
        for found, planned in zip(rates(wound, another), expected, strict=True):
            assert found == pytest.approx(planned, rel=1e-9, abs=1e-15), age


@pytest.mark.parametrize("first", ["ExponentialLR", "LinearLR", "StepLR", "LambdaLR"])
@pytest.mark.parametrize("second", ["MultiStepLR", "ExponentialLR", "ConstantLR", "MultiplicativeLR"])
def test_two_schedulers_of_an_optimizer_act_together(first: str, second: str) -> None:
    for age in (0, 1, 2, 6, 17, 41):
        plain, wound = two_rates(0.1), two_rates(0.1)
        both, others = ([KINDS[name](of_) for name in (first, second)] for of_ in (plain, wound))
        for _ in range(age):
            plain.step()
            for scheduler in both:
                scheduler.step()
        poptrain.schedulers.wind([(scheduler, age) for scheduler in others])
        expected = rates(plain, *both)
        for found, planned in zip(rates(wound, *others), expected, strict=True):
            assert found == pytest.approx(planned, rel=1e-9), age


STEPPED = {"MultiplicativeLR", "SWALR", "Table", "own", "an own one in sequence",
           "one that needs all before it in sequence", "chained with a floor"}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_only_what_needs_it_is_stepped_through_all_its_life(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the hundred thousandth step would cost seconds in each interval."""
    scheduler = KINDS[name](two_rates(0.1))
    calls = 0

    def counted(step: Any) -> Any:
        def count(*arguments: Any) -> None:
            nonlocal calls
            calls += 1
            step(*arguments)

        return count

    for part in (scheduler, *getattr(scheduler, "_schedulers", ())):
        monkeypatch.setattr(part, "step", counted(part.step))
    poptrain.schedulers.wind([(scheduler, STEPS)])
    assert (calls >= STEPS) == (name in STEPPED), calls
