"""What settings of Transformers and TRL do to the batches, and to what is saved."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import member
import pytest
import torch
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments

import poptrain
import poptrain.transformers

pytestmark = pytest.mark.filterwarnings("ignore")  # of names that the frameworks themselves use

sys.path.insert(0, str(Path(__file__).parent / "grpo-lora"))


class Model(torch.nn.Module):
    """One that keeps the inputs and the rate of each step."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
        self.seen: list[list[float]] = []

    def forward(self, inputs: torch.Tensor, labels: torch.Tensor) -> dict[str, torch.Tensor]:
        if self.training:
            self.seen.append(inputs.flatten().tolist())
        return {"loss": (self.layer(inputs) - labels).square().mean()}


DATA = [{"inputs": [float(number)], "labels": [0.0]} for number in range(64)]


def fit(interval: poptrain.Interval, folder: Path, *callbacks: Any, **arguments: Any) -> Trainer:
    """Trains the interval with Trainer."""
    args = TrainingArguments(
        output_dir=str(folder), per_device_train_batch_size=4, learning_rate=0.001, report_to=[],
        use_cpu=True, disable_tqdm=True, **arguments,
    )  # fmt: skip
    trainer = Trainer(Model(), args, train_dataset=DATA, eval_dataset=DATA, callbacks=list(callbacks))
    poptrain.transformers.train(trainer, interval)
    return trainer


def test_every_interval_draws_its_own_order_whatever_the_seed_of_the_data(tmp_path: Path) -> None:
    seen = []
    for interval in member.intervals({}, {}, {}):
        seen.append(fit(interval, tmp_path, data_seed=7).model.seen)
        interval.report(loss=1.0)
    assert [len(batches) for batches in seen] == [4, 4, 4]
    assert seen[0] != seen[1] != seen[2] != seen[0]


def test_schedule_and_moments_go_on_where_only_the_model_was_to_be_saved(tmp_path: Path) -> None:
    rates = []
    for interval in member.intervals({}, {}):
        trainer = fit(interval, tmp_path, save_only_model=True, lr_scheduler_type="linear")
        rates.append(trainer.lr_scheduler.get_last_lr()[0])
        interval.report(loss=1.0)
    assert rates == pytest.approx([0.0005, 0.0])


def test_an_interval_that_a_callback_ends_is_saved(tmp_path: Path) -> None:
    often = {"eval_strategy": "steps", "eval_steps": 1, "save_strategy": "steps", "save_steps": 1}
    never_better = {"metric_for_best_model": "eval_loss", "greater_is_better": True}
    for interval in member.intervals({}, {}):
        fit(
            interval, tmp_path, EarlyStoppingCallback(1), load_best_model_at_end=True, **often, **never_better
        )
        assert interval.start < interval.step < interval.stop
        assert [file.name for file in interval.save_to.iterdir()] == [f"checkpoint-{interval.step}"]
        interval.report(loss=1.0)


def test_trl_asks_other_prompts_in_every_interval() -> None:
    from model import base_model, prompts, reward, tokenizer
    from trl import GRPOConfig, GRPOTrainer

    words, data = tokenizer(), prompts(64, 1)
    asked: list[set[tuple[str, ...]]] = []

    def rewarded(prompts: list[str], completions: list[str], **named: Any) -> list[float]:
        asked[-1].add(tuple(prompts))
        return reward(prompts, completions)

    for interval in member.intervals({}, {}, steps=2):
        asked.append(set())

        args = GRPOConfig(
            per_device_train_batch_size=8, num_generations=4, max_completion_length=2, report_to="none",
            disable_tqdm=True, use_cpu=True, bf16=False,
        )  # fmt: skip
        trainer = GRPOTrainer(
            model=base_model(), args=args, reward_funcs=rewarded, processing_class=words, train_dataset=data
        )
        poptrain.transformers.train(trainer, interval)
        interval.report(loss=1.0)
    assert [len(batches) for batches in asked] == [2, 2]
    assert asked[0] != asked[1]
