"""LightGBM: a step is a round, which adds a tree.

params = {"learning_rate": interval["learning_rate"], "objective": "binary"}
booster = poptrain.lightgbm.train(interval, params, lightgbm.Dataset(inputs, labels, free_raw_data=False))
interval.report(accuracy=accuracy(booster.predict(test_inputs), test_labels))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import lightgbm
from lightgbm.callback import CallbackEnv, EarlyStopException

from . import frameworks
from .interval import Interval

FILE = "model.txt"


def train(
    interval: Interval,
    params: Mapping[str, Any],
    train_set: Any,
    callbacks: Sequence[Any] = (),
    **arguments: Any,
) -> lightgbm.Booster:
    """Adds the trees of the interval to those of the checkpoint, and saves; in an evaluation it only loads.

    Args:
        interval: what to train. Its seed is the booster's, where `params` has none.
        params: as for `lightgbm.train`.
        train_set: the data.
        callbacks: likewise.
        **arguments: likewise, but `num_boost_round` and `init_model`.
    """
    params = {"seed": interval.seed, **params}
    file = interval.file(FILE)
    if interval.is_evaluation:
        return lightgbm.Booster(params, model_file=file)
    callbacks = [*(callbacks or ()), partial(_count, interval)]
    rounds = len(interval.steps)
    booster = lightgbm.train(params, train_set, rounds, init_model=file, callbacks=callbacks, **arguments)
    booster.save_model(interval.save_to / FILE)
    # What it was given, as a callback may have reset the booster's own.
    given = frameworks.given(interval, params)
    frameworks.declare(interval, {name: partial(params.get, key) for name, key in given.items()})
    return booster


def _count(interval: Interval, environment: CallbackEnv) -> None:
    """What LightGBM calls after each round."""
    # There are rounds left if the run is stopping, or `params` ask for others.
    if frameworks.advance(interval) and environment.iteration + 1 < environment.end_iteration:
        raise EarlyStopException(environment.iteration, [])
