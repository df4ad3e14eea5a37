"""A population of Transformers that learn to translate, in one JAX program.

`python3 train.py 16` takes up to sixteen members at once; without a number, one.
"""

import sys
from typing import Any

import jax
import numpy as np
import poptrain
from sacrebleu.metrics import BLEU  # type: ignore[attr-defined]

from corpus import END, SIZES, corpus
from model import Model, fresh, load, save, train, translate

CAPACITY = int(sys.argv[1]) if len(sys.argv) > 1 else 1
BY_HAND = {  # as the Transformer's authors do it, but at a constant rate
    "learning_rate": 5e-3,
    "attention_dropout": 0.1,
    "relu_dropout": 0.1,
    "layer_dropout": 0.1,
    "smoothing": 0.1,
}
PART = SIZES["validation"]  # sentences that are translated at once; the test takes several such parts

# Hyperparameters, seeds and steps are arguments of one compiled program, so that other values compile nothing
# again. Nor does a smaller batch: its members are repeated up to the capacity.
train_all = jax.jit(jax.vmap(train, in_axes=(0, 0, 0, None)))
translate_all = jax.jit(jax.vmap(translate, in_axes=(0, None, None)))


def member(population: Model, i: int) -> Model:
    """One of the models."""
    return jax.tree.map(lambda array: array[i], population)


def spell(words: Any) -> str:
    """A sentence from the numbers of its words [T], up to its end."""
    ends = np.flatnonzero(words == END)
    return " ".join(corpus().target_words[word] for word in words[1 : ends[0] if len(ends) else None])


def measure(population: Model, name: str, count: int) -> tuple[list[float], list[float]]:
    """BLEU and loss of the first `count` members on a text."""
    text = corpus().texts[name]
    parts = [slice(start, start + PART) for start in range(0, len(text.sentences), PART)]
    said, losses = zip(
        *(translate_all(population, text.source[part], text.target[part]) for part in parts), strict=True
    )
    bleu = BLEU(tokenize="none", references=[[target for _, target in text.sentences]])
    translations = np.concatenate(said, axis=1)  # [members, sentences, T]
    scores = [
        bleu.corpus_score([spell(words) for words in translations[i]], None).score for i in range(count)
    ]
    return scores, np.mean(losses, axis=0)[:count].tolist()


def main() -> None:
    """Train and report one batch of intervals after the other."""
    population = None
    for batch in poptrain.batches(capacity=CAPACITY, standalone=BY_HAND, steps=2000, save_to="out"):
        models = []
        for interval, parent in zip(batch, batch.parents, strict=True):
            if parent >= 0:  # in memory; of several with one parent, all but one copy it
                models.append(member(population, parent))
            elif interval.checkpoint:
                models.append(load(interval.checkpoint / "model.npz"))
            else:
                models.append(fresh(interval.seed))

        size = CAPACITY if len(batch) > 1 else 1  # a member alone is as fast as it can be
        population = jax.tree.map(lambda *arrays: np.stack(arrays), *(models * size)[:size])
        if batch.step_count:  # a test need not even compile this
            values = {name: np.resize(batch[name], size) for name in BY_HAND}
            seeds = np.resize(np.uint32(batch.seeds), size)
            population = jax.device_get(train_all(population, values, seeds, batch.step_count))
            batch.advance(batch.step_count)

        for i, interval in enumerate(batch):
            save(member(population, i), interval.save_to / "model.npz")
        bleu, loss = measure(population, "validation", len(batch))
        measured = {"bleu": bleu, "loss": loss}
        if batch.is_test or batch[0].stop >= batch[0].total_steps:
            measured["test_bleu"], measured["test_loss"] = measure(population, "test", len(batch))
        batch.report(measured)


if __name__ == "__main__":
    main()
