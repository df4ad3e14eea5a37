"""scikit-learn: an estimator with `partial_fit`, from a checkpoint and under this member's values.

model = poptrain.sklearn.load(interval, SGDClassifier(alpha=interval["alpha"], random_state=interval.seed))
for step in interval.steps:
    model.partial_fit(*next(batches), classes=classes)
poptrain.sklearn.save(interval, model)
interval.report(accuracy=model.score(test_inputs, test_labels))
"""

from __future__ import annotations

import pickle
from functools import partial
from typing import Any, TypeVar

from . import frameworks
from .interval import Interval

FILE = "estimator.pickle"
OPTIMIZER = ("learning_rate_init", "momentum", "nesterov", "power_t", "beta_1", "beta_2", "epsilon")
Estimator = TypeVar("Estimator", bound=Any)


def load(interval: Interval, model: Estimator) -> Estimator:
    """What was saved, with the parameters of the model that is given; that model itself, to start fresh.

    An `MLPClassifier` holds another copy of them in its optimizer, which is set too.
    """
    frameworks.seed(interval)
    if file := interval.file(FILE):
        built = model
        model = pickle.loads(file.read_bytes())
        if type(model) is not type(built):
            raise frameworks.misfit(interval, TypeError(f"{model!r} was saved, {built!r} was built"))
        shapes = getattr(model, "hidden_layer_sizes", None), getattr(built, "hidden_layer_sizes", None)
        if shapes[0] != shapes[1]:
            raise frameworks.misfit(
                interval, ValueError(f"hidden_layer_sizes is {shapes[0]}, not {shapes[1]}")
            )
        model.set_params(**built.get_params(deep=False))
        _set_optimizer(model)
    frameworks.declare(interval, {name: partial(_read, model, name) for name in model.get_params(deep=False)})
    for name in ("learning_rate_init", "eta0"):
        if name in model.get_params(deep=False):
            frameworks.declare_rate(interval, partial(_read, model, name))
    return model


def save(interval: Interval, model: Any) -> None:
    """Saves it."""
    (interval.save_to / FILE).write_bytes(pickle.dumps(model))


def _set_optimizer(model: Any) -> None:
    """Gives the optimizer within a multilayer perceptron the parameters of the perceptron."""
    optimizer = getattr(model, "_optimizer", None)
    if optimizer is None:
        return
    if not type(optimizer).__name__.lower().startswith(model.solver):
        del model._optimizer  # of another solver: a new one is made
        return
    share = optimizer.learning_rate / optimizer.learning_rate_init  # what its schedule has left of it
    for name in OPTIMIZER:
        if hasattr(optimizer, name):
            setattr(optimizer, name, getattr(model, "nesterovs_momentum" if name == "nesterov" else name))
    optimizer.learning_rate = optimizer.learning_rate_init * share


def _read(model: Any, name: str) -> object:
    """A parameter where it is in force."""
    optimizer = getattr(model, "_optimizer", None)
    return getattr(optimizer if name in OPTIMIZER and hasattr(optimizer, name) else model, name)
