"""What a member that decides does: truncation selection and perturbation, as in Poptrain."""

import math
from typing import NamedTuple

import numpy as np

QUANTILE = 0.2
FACTORS = (0.8, 1.25)

Values = dict[str, float]
Domains = dict[str, tuple[str, float, float]]  # uniform or log_uniform, low, high


class Published(NamedTuple):
    """A model with a score of its own, as others see it."""

    score: float
    tie: float  # orders equal scores
    member: int
    age: int  # intervals that the model has been trained, along its lineage
    values: Values
    model: object
    founder: int  # the member whose fresh model it descends from


def stream(*names: int) -> np.random.Generator:
    """Random numbers that depend on the names alone, so that every order draws the same."""
    return np.random.default_rng(names)


def sample(domains: Domains, random: np.random.Generator) -> Values:
    """The first hyperparameters of a member."""
    values = {}
    for name, (kind, low, high) in domains.items():
        part = random.random()
        is_log = kind == "log_uniform"
        values[name] = low * (high / low) ** part if is_log else low + (high - low) * part
    return values


def perturbed(values: Values, domains: Domains, random: np.random.Generator) -> Values:
    """Each value times one of the factors, reflected at the ends of its range."""
    result = {}
    for name, (kind, low, high) in domains.items():
        value, factor = values[name], FACTORS[random.integers(len(FACTORS))]
        if kind == "log_uniform":
            start, end = math.log(low), math.log(high)
            moved = reflected(math.log(value) + math.log(factor) * min(end - start, 1), start, end)
            result[name] = min(max(math.exp(moved), low), high)
        else:
            length = max(abs(factor - 1) * min(abs(value), high - low), 0.01 * (high - low))
            result[name] = reflected(value + math.copysign(length, factor - 1), low, high)
    return result


def reflected(number: float, low: float, high: float) -> float:
    """Inside the range; what passes one end is mirrored there."""
    if number < low:
        return min(2 * low - number, high)
    return max(2 * high - number, low) if number > high else number


def ends(ranking: list[Published], population: int) -> int:
    """How many are at each end of the ranking; 0 while too few are scored for anybody to be replaced."""
    scored = len(ranking)
    if scored < max(2, min(population, math.ceil(1 / QUANTILE))):
        return 0
    return max(1, min(round(QUANTILE * scored), scored // 2))
