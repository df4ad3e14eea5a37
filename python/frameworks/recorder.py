"""Imported by a trainer under test: writes down the learning rate of every step that is really trained."""

from __future__ import annotations

import json
import os
from typing import Any

from poptrain import interval as module

rates: list[float] = []


def _recorded(interval: Any, by: str, message: dict[str, Any]) -> None:
    record = {
        "member": interval.member,
        "start": interval.start,
        "horizon": interval.horizon,
        "donor": interval.donor,
        "is_evaluation": interval.is_evaluation,
        "hyperparameters": interval.hyperparameters._values,
        "in_force": message.get("in_force", {}),
        "rates": rates,
        "ended_by": by,
    }
    line = json.dumps(record) + "\n"
    rates.clear()
    file = os.open("rates.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)  # several trainers write
    os.write(file, line.encode())
    os.close(file)
    _end(interval, by, message)


_end = module.Interval._end
module.Interval._end = _recorded  # type: ignore[method-assign]


def torch() -> None:
    """Whatever optimizer of torch steps."""
    from torch.optim import Optimizer

    def recorded(step: Any) -> Any:
        def record(optimizer: Any, *arguments: Any, **named: Any) -> Any:
            rates.append(optimizer.param_groups[0]["lr"])
            return step(optimizer, *arguments, **named)

        return record

    for kind in Optimizer.__subclasses__():
        kind.step = recorded(kind.step)


def keras() -> None:
    """Whatever model is fitted."""
    from keras.callbacks import CallbackList

    def on_train_batch_begin(callbacks: Any, *arguments: Any, **named: Any) -> None:
        rates.append(float(callbacks._model.optimizer.learning_rate))
        begin(callbacks, *arguments, **named)

    begin = CallbackList.on_train_batch_begin
    CallbackList.on_train_batch_begin = on_train_batch_begin


def flax() -> None:
    """Whatever optimizer of Flax updates, within a compiled step too."""
    import jax
    from flax import nnx

    def update(optimizer: Any, *arguments: Any) -> None:
        rate = optimizer.opt_state.hyperparams["learning_rate"][...]
        jax.debug.callback(lambda rate: rates.append(float(rate)), rate, ordered=True)
        plain(optimizer, *arguments)

    plain = nnx.Optimizer.update
    nnx.Optimizer.update = update


def sklearn() -> None:
    """Multilayer perceptrons."""
    from sklearn.neural_network._stochastic_optimizers import AdamOptimizer

    def updates(optimizer: Any, gradients: Any) -> Any:
        rates.append(optimizer.learning_rate_init)
        return plain(optimizer, gradients)

    plain = AdamOptimizer._get_updates
    AdamOptimizer._get_updates = updates


def xgboost() -> None:
    """Boosters, by what they say that the tree was made with."""
    from xgboost import Booster

    def update(booster: Any, *arguments: Any, **named: Any) -> None:
        plain(booster, *arguments, **named)
        learner = json.loads(booster.save_config())["learner"]
        rates.append(float(learner["gradient_booster"]["tree_train_param"]["eta"]))

    plain = Booster.update
    Booster.update = update


def lightgbm() -> None:
    """Boosters, by the shrinkage of the tree."""
    from lightgbm import Booster

    def update(booster: Any, *arguments: Any, **named: Any) -> Any:
        finished = plain(booster, *arguments, **named)
        trees = booster.dump_model()["tree_info"]
        if len(trees) > 1:  # the first holds the average too, and says 1
            rates.append(trees[-1]["shrinkage"])
        return finished

    plain = Booster.update
    Booster.update = update
