"""Writes pb2.json: what numpy and scipy make of the formulas of PB2, for the tests of Explore/PB2.

The formulas are those of Parker-Holder et al. 2020 (arXiv 2002.02518) and 2021 (arXiv 2106.15883),
written anew with plain matrices. Run it with `python Tests/References/pb2.py`; it takes some seconds.
"""

import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

NUMERIC = ["variance", "length_scale", "epsilon", "noise"]
CATEGORICAL = ["category_variance", "category_epsilon", "mixture"]
BOUNDS = {
    "variance": (0.05, 10.0),
    "length_scale": (0.01, 1.0),
    "epsilon": (0.0, 0.5),
    "noise": (1e-4, 1.0),
    "category_variance": (0.05, 10.0),
    "category_epsilon": (0.0, 0.5),
    "mixture": (0.0, 1.0),
}


def covariance(kernel, a, b):
    """The matrix of covariances between two lists of points."""
    elapsed = np.abs(a["time"][:, None] - b["time"][None, :])
    squared = ((a["numbers"][:, None, :] - b["numbers"][None, :, :]) ** 2).sum(-1)
    numeric = kernel["variance"] * np.exp(-squared / kernel["length_scale"])
    numeric *= (1 - kernel["epsilon"]) ** (elapsed / 2)
    if a["categories"].shape[1] == 0:
        return numeric
    overlap = (a["categories"][:, None, :] == b["categories"][None, :, :]).mean(-1)
    categorical = kernel["category_variance"] * overlap * (1 - kernel["category_epsilon"]) ** (elapsed / 2)
    mixture = kernel["mixture"]
    return (1 - mixture) * (numeric + categorical) / 2 + mixture * numeric * categorical


def observed_covariance(kernel, points):
    """The matrix of covariances of noisy gains."""
    return covariance(kernel, points, points) + kernel["noise"] * np.eye(len(points["time"]))


def posterior(kernel, points, targets, at):
    """Mean and variance of the gain, noise left out, at each of some points."""
    matrix = observed_covariance(kernel, points)
    cross = covariance(kernel, points, at)
    mean = cross.T @ np.linalg.solve(matrix, targets)
    variance = np.diag(covariance(kernel, at, at) - cross.T @ np.linalg.solve(matrix, cross))
    return mean, variance


def log_likelihood(kernel, points, targets):
    """The logarithm of the marginal likelihood."""
    matrix = observed_covariance(kernel, points)
    _, log_determinant = np.linalg.slogdet(matrix)
    fit = targets @ np.linalg.solve(matrix, targets)
    return -0.5 * (fit + log_determinant + len(targets) * np.log(2 * np.pi))


def best_log_likelihood(points, targets, random, starts=20):
    """The highest likelihood within the bounds, by L-BFGS-B from many starts."""
    names = NUMERIC + (CATEGORICAL if points["categories"].shape[1] else [])
    bounds = [BOUNDS[name] for name in names]

    def loss(values):
        return -log_likelihood(dict(zip(names, values, strict=True)), points, targets)

    drawn = [[random.uniform(*bound) for bound in bounds] for _ in range(starts)]
    return -min(minimize(loss, start, bounds=bounds).fun for start in drawn)


def stack(a, b):
    """One list of points after another."""
    return {name: np.concatenate([a[name], b[name]]) for name in a}


def draw(random, count, numbers, categories):
    """Points of a run of eight intervals."""
    return {
        "time": np.sort(random.integers(0, 8, count)) + random.uniform(0, 0.5, count),
        "numbers": random.uniform(0, 1, (count, numbers)),
        "categories": random.integers(0, 3, (count, categories)),
    }


def case(name, seed, count, numbers, categories, pending):
    """One test case with what the tests expect."""
    random = np.random.default_rng(seed)
    points = draw(random, count, numbers, categories)
    optimum = 0.3 + 0.05 * points["time"]
    gains = -((points["numbers"][:, 1] - optimum) ** 2) + 0.05 * random.normal(size=count)
    if categories:
        gains += 0.2 * (points["categories"][:, 0] == 1)
    gains = 1e-6 * (gains + 3)
    gains[count // 2] -= 1e-5  # an outlier, to be clipped
    targets = np.clip((gains - gains.mean()) / gains.std(), -2, 2)

    kernel = {name: random.uniform(low + 0.1 * (high - low), high) for name, (low, high) in BOUNDS.items()}
    waiting = draw(random, pending, numbers, categories)
    at = draw(random, 10, numbers, categories)
    mean, _ = posterior(kernel, points, targets, at)
    _, variance = posterior(kernel, stack(points, waiting), np.zeros(count + pending), at)
    beta = max(0.2 * np.log(0.4 * count), 0)
    return {
        "name": name,
        "kernel": kernel,
        "points": points,
        "pending": waiting,
        "at": at,
        "gains": gains,
        "targets": targets,
        "mean": mean,
        "variance": variance,
        "bound": mean + np.sqrt(beta) * np.sqrt(variance),
        "logLikelihood": log_likelihood(kernel, points, targets),
        "bestLogLikelihood": best_log_likelihood(points, targets, random),
    }


def plain(value):
    """Arrays as lists and numpy numbers as Python's."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def main():
    """Write the cases."""
    cases = [
        case("one number", seed=1, count=9, numbers=2, categories=0, pending=0),
        case("numbers", seed=2, count=24, numbers=4, categories=0, pending=5),
        case("two observations", seed=3, count=2, numbers=3, categories=0, pending=1),
        case("numbers and choices", seed=4, count=20, numbers=3, categories=2, pending=3),
        case("one choice", seed=5, count=12, numbers=2, categories=1, pending=2),
    ]
    text = json.dumps(plain(cases), separators=(",", ":")).replace("],", "],\n")
    Path(__file__).with_suffix(".json").write_text(text + "\n")


if __name__ == "__main__":
    main()
