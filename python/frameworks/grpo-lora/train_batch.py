"""The same as train.py, but one process has several adapters over one base model."""

from model import base_model
from train import build, validate

import poptrain.transformers


def main() -> None:
    """Train and report one batch of intervals after the other."""
    base = base_model()
    for batch in poptrain.batches(capacity=4):
        for interval in batch:
            trainer = build(interval, base)
            poptrain.transformers.train(trainer, interval)
            interval.report(reward=validate(trainer))
            base = trainer.model.unload()


if __name__ == "__main__":
    main()
