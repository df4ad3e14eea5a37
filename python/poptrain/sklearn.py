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
OPTIMIZER = {"learning_rate": "lr_schedule", "nesterovs_momentum": "nesterov"} | {
    name: name for name in ("learning_rate_init", "momentum", "power_t", "beta_1", "beta_2", "epsilon")
}
"""Parameters of a multilayer perceptron, and what its optimizer calls its own copy of them."""
SHAPES = {"hidden_layer_sizes", "n_clusters", "n_components"}
Estimator = TypeVar("Estimator", bound=Any)


def load(interval: Interval, model: Estimator) -> Estimator:
    """What was saved, with the parameters of the model that is given; that model itself, to start fresh.

    An `MLPClassifier` holds another copy of them in its optimizer, which is set too.
    """
    frameworks.seed(interval)
    built = model
    declared = frameworks.given(interval, built.get_params(deep=False))
    if file := interval.file(FILE):
        model = pickle.loads(file.read_bytes())
        with frameworks.loading(interval):
            if type(model) is not type(built):
                raise TypeError(f"{model!r} was saved, {built!r} was built")
            _set(model, built)
    frameworks.declare(interval, {name: partial(_read, model, key) for name, key in declared.items()})
    return model


def save(interval: Interval, model: Any) -> None:
    """Saves it."""
    (interval.save_to / FILE).write_bytes(pickle.dumps(model))


def _set(model: Any, built: Any) -> None:
    """Gives an estimator, and what it consists of, the parameters of one that was built."""
    for name, value in built.get_params(deep=False).items():
        if name == "steps":  # of a Pipeline
            for (_, part), (_, as_built) in zip(model.steps, value, strict=True):
                if hasattr(part, "get_params"):
                    _set(part, as_built)
        elif name == "estimator":  # of OneVsRestClassifier and the like
            for part in (model.estimator, *getattr(model, "estimators_", ())):
                _set(part, value)
        elif name in SHAPES and value != getattr(model, name):
            raise ValueError(f"{name} is {getattr(model, name)}, not {value}")
        else:
            model.set_params(**{name: value})
    _set_optimizer(model)


def _set_optimizer(model: Any) -> None:
    """Gives the optimizer within a multilayer perceptron the parameters of that."""
    optimizer = getattr(model, "_optimizer", None)
    if optimizer is None:
        return
    if not type(optimizer).__name__.lower().startswith(model.solver):
        del model._optimizer  # of another solver: a new one is made
        return
    is_same = getattr(optimizer, "lr_schedule", None) in (None, model.learning_rate)
    share = optimizer.learning_rate / optimizer.learning_rate_init if is_same else 1.0  # what is left of it
    for name, attribute in OPTIMIZER.items():
        if hasattr(optimizer, attribute):
            setattr(optimizer, attribute, getattr(model, name))
    optimizer.learning_rate = optimizer.learning_rate_init * share


def _read(model: Any, name: str) -> object:
    """A parameter where it is in force."""
    optimizer, attribute = getattr(model, "_optimizer", None), OPTIMIZER.get(name, "")
    return getattr(optimizer, attribute) if hasattr(optimizer, attribute) else getattr(model, name)
