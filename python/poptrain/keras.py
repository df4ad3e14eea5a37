"""Keras 3, on any backend: trains one interval of a model that was compiled with the interval's values.

poptrain.keras.seed(interval)
model = build()
model.compile(optimizer=keras.optimizers.Adam(interval["learning_rate"]), loss=..., metrics=...)
poptrain.keras.fit(model, interval, inputs, labels, batch_size=32)
interval.report(model.evaluate(test_inputs, test_labels, return_dict=True))
"""

from __future__ import annotations

import sys
from typing import Any

import keras

from . import frameworks
from .errors import Error
from .interval import Interval

FILE = "model.weights.h5"
MOVERS = (keras.callbacks.LearningRateScheduler, keras.callbacks.ReduceLROnPlateau)
"""Callbacks that set another rate than the model was compiled with."""


def seed(interval: Interval) -> None:
    """Seeds Keras, its backend, random and numpy from the interval: before fresh weights are made."""
    keras.utils.set_random_seed(interval.seed)


def fit(model: keras.Model, interval: Interval, *data: Any, callbacks: Any = None, **arguments: Any) -> None:
    """Loads, trains to the end of the interval as `model.fit` does, and saves; in an evaluation loads only.

    A step is an update, one of `optimizer.iterations`.

    Args:
        model: compiled, and with weights: it begins with `keras.Input`, or `model.build` was called.
        interval: what to train.
        *data: as for `model.fit`.
        callbacks: likewise.
        **arguments: likewise, but `epochs`.

    Raises:
        Error: the model has no weights yet.
    """
    if not model.built:
        raise Error(
            "the model has no weights yet that a checkpoint could be loaded into: "
            "begin it with keras.Input, or call model.build with the shape of its inputs"
        )
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)  # or moments are not loaded
    rate = float(optimizer.learning_rate)  # of a schedule, what it begins with
    names = frameworks.given(interval, {"learning_rate": rate})
    as_built = [variable for variable in optimizer.variables if variable.path.endswith("learning_rate")]
    as_built += [variable for variable in model.non_trainable_variables if "seed_generator" in variable.path]
    values = [keras.ops.copy(variable.value) for variable in as_built]
    if file := interval.file(FILE):
        with frameworks.loading(interval):
            model.load_weights(file)
        for variable, value in zip(as_built, values, strict=True):
            variable.assign(value)
    seed(interval)
    if interval.is_evaluation:
        optimizer.finalize_variable_values(model.trainable_variables)  # with their average, if it keeps one
        return
    is_scheduled = _has_schedule(optimizer)
    if not is_scheduled:
        rate = float(optimizer.learning_rate)  # as it is after loading
    is_moved = is_scheduled or any(isinstance(callback, MOVERS) for callback in callbacks or ())
    reader = (lambda: rate) if is_moved else (lambda: float(optimizer.learning_rate))
    frameworks.declare(interval, dict.fromkeys(names, reader))
    own = _Callback(interval, int(optimizer.iterations))
    model.fit(*data, epochs=sys.maxsize, callbacks=[*(callbacks or ()), own], **{"verbose": 0, **arguments})


def _has_schedule(optimizer: Any) -> bool:
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # of mixed precision
    return isinstance(optimizer._learning_rate, keras.optimizers.schedules.LearningRateSchedule)


class _Callback(keras.callbacks.Callback):
    """Counts, and ends the interval; saves before `fit` puts an average into the weights' place."""

    def __init__(self, interval: Interval, trained: int) -> None:
        super().__init__()
        self._interval = interval
        self._trained = trained

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        trained = int(self.model.optimizer.iterations)
        if frameworks.advance(self._interval, trained - self._trained):
            self.model.stop_training = True
        self._trained = trained

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.model.stop_training:
            self.model.save_weights(self._interval.save_to / FILE)
