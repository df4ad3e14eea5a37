"""A language model of two layers over ten digits, made on the spot, and what it is rewarded for."""

import random

import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

WORDS = ["[PAD]", "[EOS]", *"0123456789"]
LENGTH = 8


def tokenizer() -> PreTrainedTokenizerFast:
    """One token for each digit."""
    words = Tokenizer(
        models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[PAD]")
    )
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", eos_token="[EOS]", padding_side="left"
    )


def base_model() -> LlamaForCausalLM:
    """The frozen model under all adapters: the same in every process. Load your own here."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = LlamaConfig(
            vocab_size=len(WORDS), hidden_size=64, intermediate_size=128, num_hidden_layers=2,
            num_attention_heads=4, pad_token_id=0, eos_token_id=1, bos_token_id=None,
        )  # fmt: skip
        return LlamaForCausalLM(config)


def prompts(count: int, seed: int) -> Dataset:
    """Three digits each."""
    digits = random.Random(seed)
    return Dataset.from_dict({"prompt": [" ".join(digits.choices(WORDS[2:], k=3)) for _ in range(count)]})


def reward(prompts: list[str], completions: list[str], **_: object) -> list[float]:
    """The share of digits no smaller than the last of the prompt, and a little for each different one."""
    rewards = []
    for prompt, completion in zip(prompts, completions, strict=True):
        last, digits = prompt.split()[-1], completion.split()
        rewards.append(sum(digit >= last for digit in digits) / LENGTH + 0.05 * len(set(digits)))
    return rewards
