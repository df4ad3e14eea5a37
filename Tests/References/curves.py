"""Makes curves.txt, what learning curves are tested against: `python3 curves.py > curves.txt`.

A line is a kind and its fields, separated by `;`; the numbers of a field are separated by spaces. By scipy 1.17.1 and
numpy 2.4.6.
"""

import numpy as np
from scipy import stats

random = np.random.default_rng(20260607)


def line(kind, *fields):
    print(";".join([kind] + [" ".join(repr(float(number)) for number in np.atleast_1d(field)) for field in fields]))


def smoothed(scores):
    """The lines of least squares through the five neighbours of each position, at that position."""
    positions = np.arange(len(scores))
    near = [slice(max(0, i - 2), i + 3) for i in positions]
    return np.array([np.polyval(np.polyfit(positions[s], scores[s], 1), i) for i, s in zip(positions, near, strict=True)])


def overlap(first, second, lowered=0.0):
    """The first positions of the common part, and its length; None where there is none."""
    a, b = smoothed(first) - lowered, smoothed(second)
    starts = []
    for low, high in [(a, b), (b, a)]:
        # No smoothed score is so close to another that rounding would decide.
        assert (abs(low - high[0]) > 1e-9).all()
        reached = np.flatnonzero(low >= high[0])
        if len(reached) == 0:
            return None
        starts.append(reached[0])
    return *starts, min(len(first) - starts[0], len(second) - starts[1])


def best_score_difference(first, second):
    found = overlap(first, second)
    if found:
        i, j, length = found
        return first[i : i + length].max() - second[j : j + length].max()
    if first.min() <= second.max():
        return 0.0
    best = 0.0
    least, most = first.min() - second.max(), first.min() - second.min()
    for lowered in np.linspace(least, most, 10, endpoint=False):
        found = overlap(first, second, lowered)
        if found:
            i, j, length = found
            best = max(best, (first[i : i + length] - lowered).max() - second[j : j + length].max())
    return best


def chance(first, second):
    found = overlap(first, second)
    if not found:
        if first.min() > second.max():
            return 0.0
        if first.max() < second.min():
            return 1.0
        found = 0, 0, min(len(first), len(second))
    i, j, length = found
    wins = int((first[i : i + length] > second[j : j + length]).sum())
    return stats.binomtest(wins, length, alternative="greater").pvalue


def curves():
    for _ in range(60):
        curve = []
        for length in random.integers(2, 31, 2):
            start, gain, noise = random.uniform(-0.7, 0.7), random.uniform(-1, 4), random.choice([0, 0.05, 0.5])
            rise = 1 - np.exp(-random.uniform(0.02, 0.5) * np.arange(length))
            curve.append(np.round(start + gain * rise + noise * random.standard_normal(length), 3))
        yield curve


for first, second in curves():
    found = overlap(first, second)
    line("curves", first, second, found or [-1, -1, -1], best_score_difference(first, second), chance(first, second))
for wins, losses in [(1, 0), (0, 1), (0, 9), (7, 0), (6, 0), (3, 3), (2, 5), (9, 1), (40, 60), (60, 40), (700, 600)]:
    line("wins", wins, losses, stats.binomtest(wins, wins + losses, alternative="greater").pvalue)
