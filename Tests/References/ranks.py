"""Makes ranks.txt, the numbers that the rank tests of findings are tested against: `python3 ranks.py > ranks.txt`.

A line is a kind and its fields, separated by `;`; the numbers of a field are separated by spaces. By scipy 1.17.1 and
numpy 2.4.6, except for several strata, which scipy has not: all orders of the values of each stratum are enumerated.
"""

import itertools

import numpy as np
from scipy import stats

random = np.random.default_rng(20261129)


def line(kind, *fields):
    print(";".join([kind] + [" ".join(repr(float(number)) for number in np.atleast_1d(field)) for field in fields]))


def samples(sizes):
    for size in sizes:
        yield random.standard_normal(size)
        yield random.integers(0, 5, size) / 4


def midranks():
    for values in samples([1, 2, 5, 20]):
        line("midranks", values, stats.rankdata(values))


def two_groups():
    for first, second in itertools.product(list(samples([3, 8, 25])), list(samples([4, 30]))):
        result = stats.mannwhitneyu(first, second, method="asymptotic", use_continuity=False)
        line("groups", first, second, result.pvalue)


def correlations():
    for size in [4, 10, 50]:
        for weights, values in itertools.product(samples([size]), samples([size])):
            line("correlation", weights, values, stats.spearmanr(weights, values).statistic)


def strata():
    for sizes in [(3,), (2, 5), (3, 4, 6), (2, 2, 2, 6)]:
        weights = [random.integers(0, 2, size).astype(float) for size in sizes]
        weights[-1] = random.standard_normal(sizes[-1])
        values = [random.integers(0, 6, size).astype(float) for size in sizes]
        total, variance = 0.0, 0.0
        for weight, value in zip(weights, values, strict=True):
            ranks = stats.rankdata(value) / (len(value) + 1)
            orders = np.array([np.dot(weight, order) for order in itertools.permutations(ranks)])
            total += np.dot(weight, ranks) - orders.mean()
            variance += orders.var()
        line("strata", sizes, np.concatenate(weights), np.concatenate(values), total / np.sqrt(variance))


def slopes():
    for values in samples([3, 4, 5, 11, 30]):
        third = (len(values) + 1) // 3
        rise = np.median(values[-third:]) - np.median(values[:third])
        line("slope", values, rise / (len(values) - third))


midranks()
two_groups()
correlations()
strata()
slopes()
