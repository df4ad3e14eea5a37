"""Makes comparison.txt, tables of runs and what is to be said of them: `python3 comparison.py > comparison.txt`.

A line is the mode, the values of the base and of the alternative (nan: the run failed), then of the alternative the
number of runs, mean and standard deviation, and of the pairs wins, ties, losses, mean difference, both ends of its 95 %
interval, the p-value of the signed ranks counted over all signs, and that of the sign test. By scipy 1.17.1.

Values are accuracies on 597 images, so many differences are equal on paper though not in floating point; ranks are taken
of the numbers of images.
"""

import itertools

import numpy as np
from scipy import stats

random = np.random.default_rng(7)


def signed_ranks(differences):
    kept = differences[differences != 0]
    ranks = stats.rankdata(abs(kept))
    observed = ranks[kept > 0].sum()
    sums = np.array([np.dot(signs, ranks) for signs in itertools.product([0, 1], repeat=len(kept))])
    return min(1, 2 * min((sums <= observed).mean(), (sums >= observed).mean()))


def row(mode, base, other):
    values = other[~np.isnan(other)] / 597
    both = ~np.isnan(base) & ~np.isnan(other)
    images = (other - base)[both]
    differences = other[both] / 597 - base[both] / 597
    more, less = (images > 0).sum(), (images < 0).sum()
    wins, losses = (more, less) if mode == "max" else (less, more)
    interval = stats.ttest_1samp(differences, 0).confidence_interval(0.95)
    sign = stats.binomtest(int(wins), int(wins + losses)).pvalue if wins + losses else 1
    numbers = [len(values), values.mean(), values.std(ddof=1), wins, len(images) - wins - losses, losses]
    numbers += [differences.mean(), interval.low, interval.high, signed_ranks(images), sign]
    fields = [base / 597, other / 597, numbers]
    print(";".join([mode] + [" ".join(repr(float(number)) for number in field) for field in fields]))


for size, shift in [(2, 4), (3, 0), (5, 3), (6, 4), (8, 2), (8, 5), (10, -2), (14, 1)]:
    for mode in ["max", "min"]:
        base = random.integers(560, 570, size).astype(float)
        other = base + random.integers(-4, 6, size) + shift
        if size > 5:
            base[1] = other[3] = np.nan
        row(mode, base, other)
