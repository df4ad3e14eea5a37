"""As much of torch as the recipe needs, for machines without it; names and behaviour are torch's."""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Iterator
from pathlib import Path

import numpy

from . import nn, optim
from .tensor import Tensor

__all__ = ["load", "manual_seed", "nn", "no_grad", "optim", "randn", "save"]

_random = numpy.random.default_rng()


def manual_seed(seed: int) -> None:
    global _random
    _random = numpy.random.default_rng(seed)


def randn(*shape: int) -> Tensor:
    return Tensor(_random.normal(size=shape))


@contextlib.contextmanager
def no_grad() -> Iterator[None]:
    yield


def save(state: object, path: Path) -> None:
    path.write_bytes(pickle.dumps(state))


def load(path: Path) -> object:
    return pickle.loads(path.read_bytes())
