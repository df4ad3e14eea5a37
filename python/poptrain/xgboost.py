"""XGBoost: a step is a round, which adds a tree.

booster = poptrain.xgboost.train(interval, {"eta": interval["eta"], "objective": "binary:logistic"}, data)
interval.report(accuracy=accuracy(booster.predict(test_data), test_labels))
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import xgboost

from . import frameworks
from .interval import Interval

FILE = "model.ubj"


def train(
    interval: Interval,
    params: Mapping[str, Any],
    dtrain: Any,
    callbacks: Sequence[Any] = (),
    **arguments: Any,
) -> xgboost.Booster:
    """Adds the trees of the interval to those of the checkpoint, and saves; in an evaluation it only loads.

    Args:
        interval: what to train. Its seed is the booster's, where `params` has none.
        params: as for `xgboost.train`.
        dtrain: the data.
        callbacks: likewise.
        **arguments: likewise, but `num_boost_round` and `xgb_model`.
    """
    params = {"seed": interval.seed, **params}
    file = interval.file(FILE)
    if interval.is_evaluation:
        return xgboost.Booster(params, model_file=file)
    callbacks = [*(callbacks or ()), _Callback(interval)]
    rounds = len(interval.steps)
    booster = xgboost.train(params, dtrain, rounds, xgb_model=file, callbacks=callbacks, **arguments)
    booster.save_model(interval.save_to / FILE)
    is_scheduled = any(isinstance(each, xgboost.callback.LearningRateScheduler) for each in callbacks)
    given = frameworks.given(interval, params).items()
    # The configuration of a linear booster does not show what it was trained with.
    read = params.get if params.get("booster") == "gblinear" else partial(_read, booster)
    frameworks.declare(
        interval,
        {name: partial(read, key) for name, key in given if not (is_scheduled and frameworks.is_rate(key))},
    )
    return booster


def _read(booster: xgboost.Booster, name: str) -> object:
    """A parameter as the booster has used it for its last tree."""
    value: str = re.findall(f'"{name}":"(.*?)"', booster.save_config())[-1]
    try:
        return float(value.strip("[]"))  # of base_score, [3E-1]
    except ValueError:
        return value


class _Callback(xgboost.callback.TrainingCallback):
    """Counts, and ends the interval."""

    def __init__(self, interval: Interval) -> None:
        self._interval = interval

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        return frameworks.advance(self._interval)
