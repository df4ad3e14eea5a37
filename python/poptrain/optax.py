"""Optax, with Flax NNX or without: what a checkpoint of Orbax holds, under this member's values.

    optimizer = optax.inject_hyperparams(optax.adam)(learning_rate=interval["learning_rate"])
    params, opt_state = poptrain.optax.restore(interval, (params, optimizer.init(params)))
    ...
    poptrain.optax.save(interval, (params, opt_state))

With Flax NNX, `nnx.state((model, optimizer))` is restored and saved.
"""

from __future__ import annotations

import functools
import weakref
from typing import Any, TypeVar

import orbax.checkpoint
from jax.tree_util import keystr, tree_leaves_with_path, tree_map_with_path

from . import frameworks
from .interval import Interval

FOLDER = "state"
AS_BUILT = {"hyperparams", "rngs"}  # what is under a key of this name
Tree = TypeVar("Tree")

_declared: weakref.WeakKeyDictionary[Interval, dict[str, str]] = weakref.WeakKeyDictionary()


def restore(interval: Interval, built: Tree) -> Tree:
    """What was saved, in the structure of what was built; to start fresh, that itself.

    The values that `optax.inject_hyperparams` has put into the optimizer's state, and the keys of `nnx.Rngs`,
    stay as they were built: a donor's are of no use.
    """
    frameworks.seed(interval)
    tree = built
    if folder := interval.file(FOLDER):
        with frameworks.loading(interval):
            saved = _checkpointer().restore(folder.absolute(), built)
        tree = tree_map_with_path(
            lambda path, new, old: new if AS_BUILT & {_name(key) for key in path} else old, built, saved
        )
    _declared[interval] = _where(interval, built)
    _declare(interval, tree)
    return tree


def save(interval: Interval, tree: Any) -> None:
    """Saves it, and declares the values that it was trained under; in an evaluation does nothing."""
    if not interval.is_evaluation:
        _declare(interval, tree)
        _checkpointer().save((interval.save_to / FOLDER).absolute(), tree)
        _checkpointer().wait_until_finished()


def _where(interval: Interval, built: Any) -> dict[str, str]:
    """Where a tree has the injected values that are the given ones; a scheduled one is not to stay."""
    leaves = [([_name(key) for key in path], path, leaf) for path, leaf in tree_leaves_with_path(built)]
    scheduled = {
        names[names.index("hyperparams_states") + 1] for names, *_ in leaves if "hyperparams_states" in names
    }
    where: dict[str, str] = {}
    for names, path, leaf in leaves:
        key = names[names.index("hyperparams") + 1] if "hyperparams" in names else None
        if key is not None and key not in scheduled:
            for name in frameworks.given(interval, {str(key): leaf}):
                where.setdefault(name, keystr(path))
    return where


def _declare(interval: Interval, tree: Any) -> None:
    values = {keystr(path): leaf for path, leaf in tree_leaves_with_path(tree)}
    where = _declared.get(interval, {})
    frameworks.declare(
        interval,
        {name: functools.partial(float, values[path]) for name, path in where.items() if path in values},
    )


def _name(key: Any) -> object:
    """Of an entry of a path: an attribute's name, or a key."""
    return getattr(key, "name", getattr(key, "key", None))


@functools.cache
def _checkpointer() -> Any:
    return orbax.checkpoint.StandardCheckpointer()
