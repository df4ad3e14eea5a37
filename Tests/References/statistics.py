"""Makes statistics.txt, the numbers that the statistics are tested against: `python3 statistics.py > statistics.txt`.

A line is a kind and its fields, separated by `;`; the numbers of a field are separated by spaces. By scipy 1.17.1 and
numpy 2.4.6, except for signed ranks with ties or zeros, which scipy has not exactly: they are counted over all signs.
"""

import itertools
import warnings

import numpy as np
from scipy import stats

warnings.simplefilter("ignore")
random = np.random.default_rng(20240607)


def line(kind, *fields):
    print(";".join([kind] + [" ".join(repr(float(number)) for number in np.atleast_1d(field)) for field in fields]))


def tails():
    degrees = [1, 1.5, 2, 3, 4.7, 10, 29.3, 100, 1234.5, 1e5, 1e6]
    for df in degrees:
        for t in [1e-3, 0.1, 0.5, 1, 1.7, 2, 2.5, 3.3, 5, 8, 12, 20, 37, 100, 1e4, 1e10, 1e100, 1e200]:
            p = stats.t.sf(t, df)
            if p > 1e-300:
                line("tail", df, t, p)
        for tail in [0.5, 0.4, 0.1, 0.025, 0.005, 1e-6, 1e-20]:
            line("quantile", df, tail, stats.t.isf(tail, df))


def samples():
    for size in [2, 3, 4, 7, 50]:
        for offset, spread in [(0, 1), (1e6, 1e-3), (-1e-200, 1e-201), (1e12, 1), (0.9, 0.01)]:
            yield offset + spread * random.standard_normal(size)
    yield np.array([1.0, 1.0, 1.0])
    yield np.array([0.1] * 10)
    yield np.array([-1.0, 1.0])


def summaries():
    for sample in samples():
        # Scaled by a power of two, for numpy's squares would be 0.
        unit = 2.0 ** np.floor(np.log2(abs(sample).max()))
        scaled = (sample / unit).astype(np.longdouble)
        interval = stats.t.interval(0.95, len(sample) - 1, 0, 1)
        error = scaled.std(ddof=1) / np.sqrt(np.longdouble(len(sample)))
        half = interval[1] * error
        line("sample", sample, scaled.mean() * unit, np.median(sample), scaled.std(ddof=1) * unit, half * unit)


def welch():
    for first_size, second_size in [(2, 2), (2, 9), (10, 10), (10, 10), (30, 3), (100, 80)]:
        for offset, shift, first_spread, second_spread in [
            (0, 0.3, 1, 1),
            (0, 3, 1, 20),
            (1e6, 0.02, 1e-2, 2e-2),
            (0.9, 0.05, 1e-3, 3e-2),
            (0, -8, 1, 1),
            (5, 0, 0, 2),
        ]:
            first = offset + shift + first_spread * random.standard_normal(first_size)
            second = offset + second_spread * random.standard_normal(second_size)
            # Beside a large offset scipy loses digits; without it, which is subtracted exactly, it does not.
            result = stats.ttest_ind(first - offset, second - offset, equal_var=False)
            one = stats.t.sf(result.statistic, result.df)
            line(
                "welch",
                first,
                second,
                result.statistic,
                result.df,
                one,
                2 * stats.t.sf(abs(result.statistic), result.df),
            )


def counted(differences):
    """The p-value of the signed ranks over all signs."""
    kept = differences[differences != 0]
    ranks = stats.rankdata(abs(kept))
    observed = ranks[kept > 0].sum()
    sums = np.array([np.dot(signs, ranks) for signs in itertools.product([0, 1], repeat=len(kept))])
    return min(1, 2 * min((sums <= observed).mean(), (sums >= observed).mean()))


def signed_ranks():
    for size in [1, 2, 3, 5, 8, 16, 33, 50, 51, 64, 100]:
        for shift in [0, 0.3, 2]:
            differences = random.standard_normal(size) + shift
            method = "exact" if size <= 50 else "asymptotic"
            line("ranks", differences, stats.wilcoxon(differences, method=method).pvalue)
    for size in [1, 3, 6, 9, 12, 12, 12]:
        differences = random.integers(-3, 5, size) / 4
        line("ranks", differences, counted(differences))
    for size in [60, 80]:
        differences = random.integers(-9, 13, size) / 4
        kept = differences[differences != 0]
        assert len(kept) > 50
        line("ranks", differences, stats.wilcoxon(differences, zero_method="wilcox", method="asymptotic").pvalue)


def signs():
    for wins, losses in [
        (0, 0),
        (1, 0),
        (3, 3),
        (5, 0),
        (7, 1),
        (1, 7),
        (8, 8),
        (40, 60),
        (3, 60),
        (600, 700),
        (0, 900),
        (2000, 2200),
        (5000, 5001),
    ]:
        line("signs", wins, losses, stats.binomtest(wins, wins + losses).pvalue if wins + losses else 1)


tails()
summaries()
welch()
signed_ranks()
signs()
