"""Tunes LoRA adapters with GRPO; learning rate, temperature and KL weight change on the way."""

import torch
from model import LENGTH, base_model, prompts, reward, tokenizer
from peft import LoraConfig
from trl import GRPOConfig, GRPOTrainer

import poptrain.transformers

WORDS = tokenizer()
TRAINING, VALIDATION = prompts(256, seed=1), prompts(64, seed=2)


def build(interval: poptrain.Interval, base: torch.nn.Module) -> GRPOTrainer:
    """A trainer with a fresh adapter and the interval's values."""
    poptrain.transformers.seed(interval)
    args = GRPOConfig(
        learning_rate=interval["learning_rate"], temperature=interval["temperature"], beta=interval["beta"],
        per_device_train_batch_size=32, num_generations=8, max_completion_length=LENGTH,
        lr_scheduler_type="constant", report_to="none", disable_tqdm=True, use_cpu=True, bf16=False,
    )  # fmt: skip
    return GRPOTrainer(
        model=base, args=args, reward_funcs=reward, processing_class=WORDS, train_dataset=TRAINING,
        peft_config=LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"),
    )  # fmt: skip


@torch.no_grad()
def validate(trainer: GRPOTrainer) -> float:
    """The mean reward of what the model writes for prompts that it was not trained on, at temperature 1."""
    texts = VALIDATION["prompt"]
    inputs = WORDS(list(texts), return_tensors="pt", return_token_type_ids=False)
    torch.manual_seed(0)
    written = trainer.model.generate(**inputs, max_new_tokens=LENGTH, do_sample=True)
    completions = WORDS.batch_decode(written[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
    return sum(reward(texts, completions)) / len(texts)


def main() -> None:
    """Train and report one interval after the other."""
    base = base_model()
    for interval in poptrain.intervals():
        trainer = build(interval, base)
        poptrain.transformers.train(trainer, interval)
        interval.report(reward=validate(trainer))
        base = trainer.model.unload()


if __name__ == "__main__":
    main()
