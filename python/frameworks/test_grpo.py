"""The example that tunes LoRA adapters with GRPO."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from population import REPOSITORY, Population

EXAMPLE = REPOSITORY / "python" / "frameworks" / "grpo-lora"


@pytest.mark.parametrize("trainer", ["train.py", "train_batch.py"])
def test_it_trains_adapters_under_values_that_change(trainer: str, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    text = (EXAMPLE / trainer).read_text()
    experiment = {
        "metric": "reward",
        "mode": "max",
        "steps": 12,
        "interval": 4,
        "workers": 1,
        "hyperparameters": {
            "learning_rate": {"log_uniform": [1e-4, 3e-2]},
            "temperature": {"uniform": [0.6, 1.5]},
            "beta": {"log_uniform": [1e-3, 0.3]},
        },
    }
    population = Population(tmp_path, text, "torch", **experiment)
    run = population.run()
    assert run.status == 0, run.text
    assert "failed" not in run.text, run.text
    intervals = population.recorded()
    for interval in intervals:
        assert set(interval["in_force"]) == {"learning_rate", "temperature", "beta"}
        assert interval["rates"] == pytest.approx([interval["hyperparameters"]["learning_rate"]] * 4)
    assert any(interval["donor"] is not None for interval in intervals)
    adapter = next((tmp_path / "runs" / "run" / "best").glob("checkpoint-*/adapter_model.safetensors"))
    assert adapter.stat().st_size < 100_000
    assert json.loads((adapter.parent / "adapter_config.json").read_text())["r"] == 4
