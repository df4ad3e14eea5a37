"""Two processes that train one member, started by each launcher."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from population import Population, script

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
