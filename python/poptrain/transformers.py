"""Hugging Face Transformers: trains one interval with a `Trainer`, or with one of TRL's.

trainer = Trainer(model=build(), args=TrainingArguments(learning_rate=interval["learning_rate"], ...), ...)
poptrain.transformers.train(trainer, interval)
interval.report(trainer.evaluate())
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from transformers import Trainer, TrainerCallback

from . import frameworks
from .interval import Interval
from .optimizers import Built
from .torch import seed


def train(trainer: Trainer, interval: Interval) -> None:
    """Trains to the end of the interval under the trainer's arguments, and saves a folder `checkpoint-N`.

    A step is an update, one of `global_step`. In an evaluation the weights are loaded and nothing is trained.
    """
    checkpoint = interval.file(f"checkpoint-{interval.start}")
    seed(interval)
    if interval.is_evaluation:
        trainer._load_from_checkpoint(str(checkpoint))
        return
    args = trainer.args
    args.max_steps = interval.horizon  # schedules go over it
    args.ignore_data_skip = True  # otherwise it first goes through all the batches up to this age
    # Orders of data are drawn from these, where they are not drawn from PyTorch's generator.
    args.seed = args.data_seed = trainer.accelerator.dataloader_config.data_seed = interval.seed
    args.output_dir, args.save_strategy = str(interval.save_to), "no"  # the callback says when
    args.save_only_model = False  # a schedule and moments go on
    callback = _Callback(trainer, interval)
    trainer.add_callback(callback)
    try:
        trainer.train(resume_from_checkpoint=checkpoint and str(checkpoint))
    except frameworks.MISFITS as error:
        if callback.has_begun or checkpoint is None:
            raise
        raise frameworks.misfit(interval, error) from error
    finally:
        trainer.remove_callback(callback)


class _Callback(TrainerCallback):
    def __init__(self, trainer: Trainer, interval: Interval) -> None:
        self._interval = interval
        self._create_scheduler = trainer.create_scheduler
        self._trainer = trainer
        self.has_begun = False
        self._own = frameworks.given(interval, vars(trainer))  # TRL's temperature
        trainer.create_scheduler = self._built_scheduler

    def _built_scheduler(self, *arguments: Any, **named: Any) -> Any:
        """What the trainer calls when the optimizer is built, and nothing is loaded."""
        del self._trainer.create_scheduler
        scheduler = self._create_scheduler(*arguments, **named)
        self._built = Built([scheduler.optimizer], [scheduler])
        return scheduler

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.has_begun = True
        if self._interval.checkpoint:
            self._built.put_back()
        seed(self._interval)
        self._built.declare(self._interval)
        own = {name: partial(getattr, self._trainer, key) for name, key in self._own.items()}
        frameworks.declare(self._interval, own)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if frameworks.advance(self._interval):
            control.should_training_stop = control.should_save = True

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if control.should_training_stop:  # says EarlyStoppingCallback
            control.should_save = True

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        for file in Path(args.output_dir).glob("*/rng_state*.pth"):
            file.unlink(missing_ok=True)  # a copy is not to see the donor's noise
