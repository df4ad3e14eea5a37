"""Optax, with Flax NNX or without: what a checkpoint of Orbax holds, under this member's values.

    optimizer = optax.inject_hyperparams(optax.adam)(learning_rate=interval["learning_rate"])
    params, opt_state = poptrain.optax.restore(interval, (params, optimizer.init(params)))
    ...
    poptrain.optax.save(interval, (params, opt_state))

With Flax NNX, `nnx.state((model, optimizer))` is restored and saved.
"""

from __future__ import annotations

import functools
from typing import Any, TypeVar

import jax
import orbax.checkpoint

from . import frameworks
from .interval import Interval

FOLDER = "state"
AS_BUILT = {"hyperparams", "rngs"}  # what is under a key of this name
Tree = TypeVar("Tree")


def restore(interval: Interval, built: Tree) -> Tree:
    """What was saved, in the structure of what was built; to start fresh, that itself.

    The values that `optax.inject_hyperparams` has put into the optimizer's state, and the keys of `nnx.Rngs`,
    stay as they were built: a donor's are of no use.
    """
    frameworks.seed(interval)
    tree = built
    if folder := interval.file(FOLDER):
        try:
            saved = _checkpointer().restore(folder.absolute(), built)
        except (ValueError, TypeError, KeyError) as error:
            raise frameworks.misfit(interval, error) from error
        tree = jax.tree_util.tree_map_with_path(
            lambda path, new, old: new if AS_BUILT & {_name(key) for key in path} else old, built, saved
        )
    _declare(interval, tree)
    return tree


def save(interval: Interval, tree: Any) -> None:
    """Saves it, and declares the values that it was trained under; in an evaluation does nothing."""
    if not interval.is_evaluation:
        _declare(interval, tree)
        _checkpointer().save((interval.save_to / FOLDER).absolute(), tree)
        _checkpointer().wait_until_finished()


def _declare(interval: Interval, tree: Any) -> None:
    names = [([_name(key) for key in path], leaf) for path, leaf in jax.tree_util.tree_leaves_with_path(tree)]
    scheduled = {
        str(path[path.index("hyperparams_states") + 1]) for path, _ in names if "hyperparams_states" in path
    }
    values = {str(path[path.index("hyperparams") + 1]): leaf for path, leaf in names if "hyperparams" in path}
    frameworks.declare(
        interval,
        {name: functools.partial(float, value) for name, value in values.items() if name not in scheduled},
    )


def _name(key: Any) -> object:
    """Of an entry of a path: an attribute's name, or a key."""
    return getattr(key, "name", getattr(key, "key", None))


@functools.cache
def _checkpointer() -> Any:
    return orbax.checkpoint.StandardCheckpointer()
