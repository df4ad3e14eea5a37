"""Two processes that train one member, started by each launcher; and what Accelerate wraps."""

from __future__ import annotations

import sys
from pathlib import Path

import member
import pytest
import torch
from accelerate import Accelerator
from population import Population, script
from torch.optim.lr_scheduler import LinearLR

import poptrain.torch

BIN = Path(sys.executable).parent
LAUNCHERS = {
    "torchrun": [
        f"{BIN}/torchrun", "--nproc_per_node=2", "--rdzv_backend=c10d", "--rdzv_endpoint=localhost:0",
    ],
    "accelerate launch": [
        f"{BIN}/accelerate", "launch", "--multi_gpu", "--num_processes=2", "--num_machines=1",
        "--mixed_precision=no", "--dynamo_backend=no", "--main_process_port=0",
    ],
}  # fmt: skip


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_two_ranks_train_a_member_together(launcher: str, tmp_path: Path) -> None:
    population = Population(
        tmp_path,
        script(launcher),
        "torch",
        trainer={"command": [*LAUNCHERS[launcher], "trainer.py"]},
        metric="accuracy",
        mode="max",
        steps=60,
        workers=1,
        hyperparameters={"learning_rate": {"log_uniform": [1e-4, 0.1]}},
    )
    run = population.run()
    assert run.status == 0, run.text
    assert "failed" not in run.text, run.text
    recorded = population.recorded()
    for interval in recorded:
        rate = interval["hyperparameters"]["learning_rate"]
        assert interval["rates"] == pytest.approx([rate] * 30)
    assert len(recorded) == 4 * 2 * 2, "each interval is trained by both"
    assert any(interval["donor"] is not None for interval in recorded)


def test_a_rank_that_asks_on_its_own_is_told_of_the_helper(tmp_path: Path) -> None:
    population = Population(
        tmp_path,
        script("torchrun").replace("poptrain.distributed.intervals", "poptrain.intervals"),
        trainer={"command": [*LAUNCHERS["torchrun"], "trainer.py"]},
        metric="accuracy",
        mode="max",
        hyperparameters={"learning_rate": {"log_uniform": [1e-4, 0.1]}},
    )
    run = population.run()
    assert run.status != 0
    assert "this process is rank 1 (RANK=1), and only rank 0 asks Poptrain for intervals" in run.text
    assert "poptrain.distributed.intervals()" in run.text


def test_what_accelerate_has_wrapped_is_as_what_is_in_it() -> None:
    accelerator = Accelerator(cpu=True)
    for interval in member.intervals({"learning_rate": 0.1}, {"learning_rate": 0.02}):
        rate = interval["learning_rate"]
        model = torch.nn.Linear(2, 1)
        optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
        parts = accelerator.prepare(model, optimizer, LinearLR(optimizer, 1.0, 0.0, 8))
        model, optimizer, scheduler = parts
        state = poptrain.torch.State(interval, model=model, optimizer=optimizer, scheduler=scheduler)
        assert member.declared(interval) == {"learning_rate": rate}
        for step in interval.steps:
            assert optimizer.param_groups[0]["lr"] == pytest.approx(rate * (1 - step / 8))
            accelerator.backward(model(torch.ones(1, 2)).sum())
            optimizer.step()
            scheduler.step()
        state.save()
        interval.report(loss=0.5)
