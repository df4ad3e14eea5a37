"""LightGBM: a step is a round, which adds a tree.

params = {"learning_rate": interval["learning_rate"], "objective": "binary"}
booster = poptrain.lightgbm.train(interval, params, lightgbm.Dataset(inputs, labels, free_raw_data=False))
interval.report(accuracy=accuracy(booster.predict(test_inputs), test_labels))
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import lightgbm
from lightgbm.callback import CallbackEnv, EarlyStopException

from . import frameworks
from .interval import Interval

FILE = "model.txt"


def train(
    interval: Interval, params: Mapping[str, Any], train_set: Any, **arguments: Any
) -> lightgbm.Booster:
    """Adds the trees of the interval to those of the checkpoint, and saves; in an evaluation it only loads.

    Args:
        interval: what to train. Its seed is the booster's, where `params` has none.
        params: as for `lightgbm.train`.
        train_set: the data.
        **arguments: as for `lightgbm.train`, but `num_boost_round` and `init_model`.
    """
    params = {"seed": interval.seed, **params}
    file = interval.file(FILE)
    if interval.is_evaluation:
        return lightgbm.Booster(params, model_file=file)
    callbacks = [*(arguments.pop("callbacks", None) or ()), partial(_count, interval)]
    rounds = len(interval.steps)
    booster = lightgbm.train(params, train_set, rounds, init_model=file, callbacks=callbacks, **arguments)
    # What it was given, as a callback may have reset the booster's own.
    names = [name for name, value in params.items() if frameworks.is_given(interval, name, value)]
    frameworks.declare(interval, {name: partial(params.get, name) for name in names})
    booster.save_model(interval.save_to / FILE)
    return booster


def _count(interval: Interval, environment: CallbackEnv) -> None:
    """What LightGBM calls after each round."""
    interval.advance()
    # There are rounds left if the run is preempted, or `params` ask for others.
    if interval.done and environment.iteration + 1 < environment.end_iteration:
        raise EarlyStopException(environment.iteration, [])
