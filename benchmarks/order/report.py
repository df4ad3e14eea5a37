"""Writes the tables of RESULTS.md from results/*.jsonl: everything after its marker."""

import json
import re
from collections import defaultdict
from itertools import product
from pathlib import Path

import numpy as np
from orders import ORDERS

HERE = Path(__file__).resolve().parent
MARKER = "<!-- from here on written by report.py -->"
DIGITS = {"digits": 4, "breakout": 2, "gan": 2}  # decimals of a score
Runs = dict[tuple[str, int], dict[int, dict]]  # by order and workers, then by seed


def read(task: str) -> Runs:
    """The results of a task."""
    runs: Runs = defaultdict(dict)
    for line in (HERE / "results" / f"{task}.jsonl").read_text().splitlines():
        result = json.loads(line)
        runs[result["order"], result["workers"]][result["seed"]] = result
    return runs


def signed_rank(differences: np.ndarray) -> float:
    """The exact two-sided p of Wilcoxon's signed-rank test. Zeros are left out, ties share ranks."""
    differences = differences[differences != 0]
    if len(differences) == 0:
        return 1.0
    sizes = np.abs(differences)
    ranks = np.array([(sizes < size).sum() + ((sizes == size).sum() + 1) / 2 for size in sizes])
    sums = np.array(list(product((-1, 1), repeat=len(ranks)))) @ ranks
    return float((np.abs(sums) >= abs(np.sign(differences) @ ranks) - 1e-9).mean())


def holm(values: list[float]) -> list[float]:
    """Corrected for how many comparisons there are."""
    order, corrected, largest = np.argsort(values), [0.0] * len(values), 0.0
    for place, index in enumerate(order):
        largest = max(largest, min(1.0, values[index] * (len(values) - place)))
        corrected[index] = largest
    return corrected


def differences(runs: Runs, key: tuple[str, int], base: tuple[str, int], measure: str) -> np.ndarray:
    """What one way has more than another, seed by seed; rounded, so that what is equal is zero."""
    seeds = sorted(runs[key])
    return np.round([runs[key][seed][measure] - runs[base][seed][measure] for seed in seeds], 9)


def scores(task: str, runs: Runs, measure: str) -> list[str]:
    """Each way against today's, by one measure."""
    digits = DIGITS[task]
    rows = {key: differences(runs, key, ("async", key[1]), measure) for key in runs}
    tested = [key for key, row in rows.items() if row.any()]
    corrected = dict(zip(tested, holm([signed_rank(rows[key]) for key in tested]), strict=True))
    lines = [
        f"| order | workers | {measure} | against async | better, equal, worse | p | p, Holm |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for key, row in rows.items():
        values = np.array([result[measure] for result in runs[key].values()])
        line = f"| {key[0]} | {key[1]} | {values.mean():.{digits}f} ± {values.std(ddof=1):.{digits}f} |"
        if key in corrected:
            line += f" {row.mean():+.{digits}f} ± {row.std(ddof=1):.{digits}f} |"
            line += f" {(row > 0).sum()}, {(row == 0).sum()}, {(row < 0).sum()} |"
            line += f" {signed_rank(row):.3f} | {corrected[key]:.2f} |"
        else:
            line += " the same | | | |"
        lines.append(line)
    return lines


def behaviour(runs: Runs) -> list[str]:
    """What each way does, on average over the seeds."""
    lines = [
        "| order | workers | trained | copies | of decisions | of younger, older "
        "| final age: mean (min, max) | exactly 1 | idle | clock | founders |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for (order, workers), results in runs.items():
        mean = {
            name: float(np.mean([result[name] for result in results.values()]))
            for name, value in next(iter(results.values())).items()
            if name != "order" and isinstance(value, int | float)
        }
        low = min(result["age_min"] for result in results.values())
        high = max(result["age_max"] for result in results.values())
        share = mean["copies"] / max(mean["decisions"], 1)
        lines.append(
            f"| {order} | {workers} | {mean['trained']:.2f} | {mean['copies']:.0f} | {share:.0%} "
            f"| {mean['younger']:.0f}, {mean['older']:.0f} | {mean['age_mean']:.2f} ({low:.2f}, {high:.2f}) "
            f"| {mean['age_exact']:.0%} | {mean['idle']:.1%} | {mean['clock']:.1f} | {mean['founders']:.1f} |"
        )
    return lines


def every_seed(task: str, runs: Runs) -> list[str]:
    """Every value: at the end / ever."""
    seeds = sorted(next(iter(runs.values())))
    digits = DIGITS[task]
    lines = ["| order, workers | " + " | ".join(map(str, seeds)) + " |", "|---|" + "--:|" * len(seeds)]
    for (order, workers), results in runs.items():
        cells = [f"{results[seed]['end']:.{digits}f} / {results[seed]['ever']:.{digits}f}" for seed in seeds]
        cells = [cell.replace("0.", ".") for cell in cells] if task == "digits" else cells
        lines.append(f"| {order}, {workers} | " + " | ".join(cells) + " |")
    return lines


def main() -> None:
    """Write the tables."""
    path = HERE / "RESULTS.md"
    text = path.read_text() if path.exists() else ""
    lines = [text.split(MARKER)[0] + MARKER, "", "## The ways", ""]
    lines += [f"- `{name}`: {order.says}" for name, order in ORDERS.items()]
    for task in DIGITS:
        if not (HERE / "results" / f"{task}.jsonl").exists():  # what was found elsewhere stays
            found = re.findall(rf"^## {task}: .*?(?=^## (?!{task}: )|\Z)", text, re.MULTILINE | re.DOTALL)
            lines += ["", *(section.rstrip() for section in found)]
            continue
        runs = read(task)
        lines += ["", f"## {task}: the best member at the end", "", *scores(task, runs, "end")]
        lines += ["", f"## {task}: the best checkpoint ever", "", *scores(task, runs, "ever")]
        lines += ["", f"## {task}: the own score at the end, looked at afterwards", ""]
        lines += scores(task, runs, "end_score")
        lines += ["", f"## {task}: what each way does", "", *behaviour(runs)]
        lines += ["", f"## {task}: every seed (end / ever)", "", *every_seed(task, runs)]
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
