"""What docs/ablations.md says of an experiment: tables and a figure."""

import statistics
from pathlib import Path

from study import paired

Results = dict[str, dict[int, float]]  # by variant, then by seed; the first variant is the usual one
WIDTH, LEFT, RIGHT, ROW = 720, 250, 12, 20


def gains(one: dict[int, float], other: dict[int, float], sign: int) -> list[float]:
    """By how much one is better than the other, with each seed that both have."""
    return [sign * (one[seed] - other[seed]) for seed in sorted(one.keys() & other.keys())]


def mean_and_sd(values: list[float]) -> str:
    """As a cell of a table."""
    sd = f" ± {statistics.stdev(values):.2g}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.4g}{sd}"


def table(results: Results, sign: int) -> list[str]:
    """Every variant against the first."""
    usual = next(iter(results.values()))
    lines = [
        "| | best at the end, mean ± sd | better, equal, worse | mean difference, 95 % interval | p "
        "| best of each seed |",
        "|---|--:|--:|--:|--:|---|",
    ]
    for name, tests in results.items():
        each = ", ".join(f"{tests[seed]:.4g}" if seed in tests else "-" for seed in sorted(usual))
        test = " | | |" if tests is usual else paired(gains(tests, usual, sign))
        lines.append(f"| {name} | {mean_and_sd(list(tests.values()))} |{test} {each} |")
    return lines


def against_random_search(results: Results, sign: int) -> list[str]:
    """Every number of members against random search with as many; none where sizes were not varied."""
    names = [name for name in results if f"{name}, random search" in results]
    if not names:
        return []
    pairs = [(next(iter(results)), "random search"), *((name, f"{name}, random search") for name in names)]
    lines = [
        "",
        "Against random search with as many members:",
        "",
        "| | better, equal, worse | mean difference, 95 % interval | p |",
        "|---|--:|--:|--:|",
    ]
    for one, other in pairs:
        lines.append(f"| {one} |{paired(gains(results[one], results[other], sign))}")
    return lines


def figure(results: Results, sign: int, path: Path) -> None:
    """Draw by how much each variant is better than the first: every seed is a dot, the mean a bar."""
    usual, *others = results.items()
    rows = [(name, gains(tests, usual[1], sign)) for name, tests in others]
    every = sorted(gain for _, row in rows for gain in row)
    low, high = min(0, every[len(every) // 25]), max(0, every[-1])  # what is worse lies at the left edge
    bottom = ROW * len(rows) + 8

    def x(gain: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (max(gain, low) - low) / (high - low or 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 38}" '
        'font-family="sans-serif" font-size="12" fill="#333"><rect width="100%" height="100%" fill="white"/>',
        f'<path d="M{x(0):.1f},4V{bottom}" stroke="#999"/>',
    ]
    for i, (name, row) in enumerate(rows):
        y = ROW * i + 16
        parts.append(f'<text x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{name}</text>')
        parts += [f'<circle cx="{x(v):.1f}" cy="{y}" r="3.5" fill="#0072b2" opacity="0.45"/>' for v in row]
        middle = x(statistics.mean(row))
        parts.append(f'<path d="M{middle:.1f},{y - 7}v14" stroke="#d55e00" stroke-width="2.5"/>')
    for anchor, gain, label, line in (
        ("start", low, f"{low:+.3g} or less", 16),
        ("middle", 0, "as it is", 31),
        ("end", high, f"{high:+.3g}", 16),
    ):
        parts.append(f'<text x="{x(gain):.1f}" y="{bottom + line}" text-anchor="{anchor}">{label}</text>')
    path.write_text("\n".join([*parts, "</svg>"]) + "\n")
