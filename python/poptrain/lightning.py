"""Lightning: one callback, which trains one interval of a `Trainer.fit`.

trainer = L.Trainer(callbacks=[poptrain.lightning.Interval(interval)], enable_checkpointing=False)
trainer.fit(model, data, ckpt_path=interval.file("last.ckpt"))
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

try:
    from lightning.pytorch import Callback, LightningModule, Trainer
except ImportError:  # its former name
    from pytorch_lightning import Callback, LightningModule, Trainer

from . import frameworks
from . import interval as poptrain_interval
from .optimizers import Built
from .torch import seed

FILE = "last.ckpt"


class Interval(Callback):
    """Trains the interval under its values, and saves `last.ckpt`; in an evaluation only loads.

    A step is one of `trainer.global_step`. In `configure_optimizers`, `max_steps`, `max_epochs` and
    `trainer.estimated_stepping_batches` are those of the interval's horizon, for schedules to go over.
    """

    def __init__(self, interval: poptrain_interval.Interval) -> None:
        self._interval = interval
        self._built: Built | None = None
        self._trained: int | None = None  # steps, from when everything is loaded

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Before anything is built."""
        # First of all, so that it saves the weights before an average takes their place at the end.
        trainer.callbacks.remove(self)
        trainer.callbacks.insert(0, self)
        if any(type(callback).__name__ == "StochasticWeightAveraging" for callback in trainer.callbacks):
            raise frameworks.refused(
                self._interval,
                "StochasticWeightAveraging sets other learning rates when it is resumed: use WeightAveraging",
            )
        if stage == "fit":
            trainer.fit_loop.min_epochs, trainer.fit_loop.max_epochs = 0, -1
            trainer.fit_loop.epoch_loop.min_steps = None
            trainer.fit_loop.epoch_loop.max_steps = self._interval.horizon
            build = partial(self._build, trainer, pl_module, pl_module.configure_optimizers)
            pl_module.configure_optimizers = build

    def _build(self, trainer: Trainer, pl_module: LightningModule, build: Callable[[], Any]) -> Any:
        """Builds optimizers and schedules, as many epochs long as the horizon."""
        del pl_module.configure_optimizers
        trainer.fit_loop.setup_data()  # counts batches
        updates = trainer.num_training_batches / trainer.accumulate_grad_batches  # of an epoch
        if 0 < updates < math.inf:
            trainer.fit_loop.max_epochs = math.ceil(self._interval.horizon / math.ceil(updates))
        optimizers = build()
        trainer.fit_loop.max_epochs = -1
        if self._interval.is_evaluation:
            trainer.limit_train_batches = 0
        return optimizers

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Optimizers are built, and not loaded yet."""
        schedulers = [config.scheduler for config in trainer.lr_scheduler_configs]
        self._built = Built(trainer.optimizers, schedulers)

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Everything is loaded."""
        assert self._built is not None
        if self._interval.checkpoint:
            if trainer.global_step == 0:
                raise frameworks.refused(
                    self._interval,
                    f"nothing was loaded at age {self._interval.start}: "
                    f'call fit(..., ckpt_path=interval.file("{FILE}")), and leave out what trains before it, '
                    "such as a finder of learning rates",
                )
            self._built.put_back()
            # Otherwise a whole epoch would get another batch, and an epoch in two parts no step of a plateau.
            trainer.fit_loop._restarting = False
            if trainer.fit_loop.epoch_loop.batch_progress.is_last_batch:
                trainer.fit_loop.epoch_loop.restarting = False
        self._trained = trainer.global_step
        seed(self._interval)
        self._built.declare(self._interval)

    def on_train_batch_end(self, trainer: Trainer, *_: Any) -> None:
        """A batch, which may have been a step."""
        assert self._trained is not None
        if frameworks.advance(self._interval, trainer.global_step - self._trained):
            trainer.should_stop = True
        self._trained = trainer.global_step

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Trained; an epoch that is not over goes on in the next interval."""
        if not trainer.fit_loop.epoch_loop.batch_progress.is_last_batch:
            for progress in (trainer.fit_loop.epoch_progress.current, trainer.fit_loop.epoch_progress.total):
                progress.processed -= 1
                progress.completed -= 1
        trainer.save_checkpoint(self._interval.save_to / FILE)

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Something was raised: if before `on_train_start`, the checkpoint did not fit."""
        is_loading = self._trained is None and self._interval.checkpoint is not None
        if is_loading and isinstance(exception, frameworks.MISFITS):
            frameworks.misfit(self._interval, exception)
