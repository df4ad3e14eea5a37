"""Each scheduler of PyTorch after a copy: the rate of every step is what the new rate makes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import schedulers
from population import Population

SCRIPT = """
import json
import poptrain.torch
import schedulers
import torch

for interval in poptrain.intervals():
    rate = interval["learning_rate"]
    {resume}
    with open("rates.jsonl", "a") as file:
        rates = {name: schedulers.train(*pair, len(interval.steps)) for name, pair in pairs.items()}
        facts = {"start": interval.start, "rate": rate, "horizon": interval.horizon, "donor": interval.donor}
        file.write(json.dumps({**facts, "rates": rates}) + "\\n")
    interval.advance(len(interval.steps))
    {save}
    interval.report(score=float(interval.member))
"""
WITH_STATE = {
    "resume": """
    pairs = {}
    for name, build in schedulers.KINDS.items():
        optimizer = schedulers.new_optimizer(schedulers.numpy.float64(rate))
        pairs[name] = optimizer, build(optimizer, rate, interval.horizon)
    parts = {f"{name}{i}": part for name, pair in pairs.items() for i, part in enumerate(pair)}
    state = poptrain.torch.State(interval, **parts)
""",
    "save": "state.save()",
}
BY_HAND = {
    "resume": """
    pairs = {}
    saved = torch.load(interval.checkpoint / "state.pt") if interval.checkpoint else {}
    for name, build in schedulers.KINDS.items():
        optimizer = schedulers.new_optimizer(rate)
        if saved:
            optimizer.load_state_dict(saved[name])
            for group in optimizer.param_groups:
                group["lr"] = group["initial_lr"] = rate
        scheduler = build(optimizer, rate, interval.horizon)
        for _ in range(interval.start):
            scheduler.step()
        pairs[name] = optimizer, scheduler
    interval.applied(learning_rate=lambda: pairs["LambdaLR"][1].base_lrs[0])
    interval.applied(learning_rate=lambda: pairs["OneCycleLR"][0].param_groups[0]["max_lr"])
""",
    "save": 'torch.save({n: p[0].state_dict() for n, p in pairs.items()}, interval.save_to / "state.pt")',
}


def script(parts: dict[str, str]) -> str:
    """The script, which resumes in one of the ways."""
    text = SCRIPT
    for name, part in parts.items():
        text = text.replace(f"    {{{name}}}", part.strip("\n") if "\n" in part else f"    {part}")
    return text


@pytest.mark.parametrize("parts", [WITH_STATE, BY_HAND], ids=["State", "by hand"])
def test_every_step_has_the_rate_of_a_plain_script(parts: dict[str, str], tmp_path: Path) -> None:
    population = Population(
        tmp_path,
        script(parts),
        metric="score",
        mode="max",
        steps=60,
        interval=15,
        hyperparameters={"learning_rate": {"log_uniform": [1e-3, 0.5]}},
    )
    run = population.run()
    assert run.status == 0, run.text
    assert "failed" not in run.text, run.text
    intervals = [json.loads(line) for line in (tmp_path / "rates.jsonl").read_text().splitlines()]
    assert any(interval["donor"] is not None for interval in intervals)
    for interval in intervals:
        for name, rates in interval["rates"].items():
            assert rates == pytest.approx(plain(name, interval), rel=1e-6), (name, interval["start"])


def plain(name: str, interval: dict[str, Any]) -> list[float]:
    """The rates of these steps in a script that trains from the first step with one rate."""
    optimizer = schedulers.new_optimizer(interval["rate"])
    scheduler = schedulers.KINDS[name](optimizer, interval["rate"], interval["horizon"])
    return schedulers.train(optimizer, scheduler, interval["start"] + 15)[-15:]
