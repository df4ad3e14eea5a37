"""XGBoost: a step is a round, which adds a tree.

booster = poptrain.xgboost.train(interval, {"eta": interval["eta"], "objective": "binary:logistic"}, data)
interval.report(accuracy=accuracy(booster.predict(test_data), test_labels))
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import xgboost

from . import frameworks
from .interval import Interval

FILE = "model.ubj"


def train(interval: Interval, params: Mapping[str, Any], dtrain: Any, **arguments: Any) -> xgboost.Booster:
    """Adds the trees of the interval to those of the checkpoint, and saves; in an evaluation it only loads.

    Args:
        interval: what to train. Its seed is the booster's, where `params` has none.
        params: as for `xgboost.train`.
        dtrain: the data.
        **arguments: as for `xgboost.train`, but `num_boost_round` and `xgb_model`.
    """
    params = {"seed": interval.seed, **params}
    file = interval.file(FILE)
    if interval.is_evaluation:
        return xgboost.Booster(params, model_file=file)
    callbacks = [*(arguments.pop("callbacks", None) or ()), _Callback(interval)]
    rounds = len(interval.steps)
    booster = xgboost.train(params, dtrain, rounds, xgb_model=file, callbacks=callbacks, **arguments)
    is_scheduled = any(isinstance(each, xgboost.callback.LearningRateScheduler) for each in callbacks)
    names = {name for name, value in params.items() if frameworks.is_given(interval, name, value)}
    names -= {"eta", "learning_rate"} if is_scheduled else set()
    # The configuration of a linear booster does not show what it was trained with.
    read = params.get if params.get("booster") == "gblinear" else partial(_read, booster)
    frameworks.declare(interval, {name: partial(read, name) for name in names})
    booster.save_model(interval.save_to / FILE)
    return booster


def _read(booster: xgboost.Booster, name: str) -> object:
    """A parameter as the booster has used it for its last tree."""
    parameters: dict[str, object] = {}
    parts = [json.loads(booster.save_config())]
    while parts:
        for key, value in parts.pop().items():
            if isinstance(value, dict):
                parts.append(value)
            else:
                parameters[key] = value
    try:
        return float(str(parameters[name]).strip("[]"))  # of base_score, [3E-1]
    except ValueError:
        return parameters[name]


class _Callback(xgboost.callback.TrainingCallback):
    """Counts, and ends the interval."""

    def __init__(self, interval: Interval) -> None:
        self._interval = interval

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        self._interval.advance()
        return self._interval.done or self._interval.stop_requested
