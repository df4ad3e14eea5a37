"""What each part of the method contributes: ablations as in section 4.4 of the paper, on three tasks.

The last task, greed, asks what helps where many short intervals lose.

    python3 ablations.py run                       all of them
    python3 ablations.py run gan --seeds 3         one of them
    python3 ablations.py run greed
    python3 ablations.py report                    writes docs/ablations.md again

Seeds are those of study.py: derived from the configuration, which must be committed first.
"""

import argparse
import itertools
import re
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from study import Study, refuse_uncommitted, section
from training import HERE, at_end, call, changed, poptrain, ranked, train

PAGE = HERE.parent / "docs" / "ablations.md"
MARKER = "<!-- from here on written by experiments/ablations.py -->"
RANDOM_SEARCH = {"exploit": "none"}
WORKERS = 4  # processes in asynchronous order, each with an equal part of the members
SIZES, INTERVALS = (5, 10, 40), (5, 10, 20, 40)
SHORT = 40  # intervals of a greedy search


@dataclass(frozen=True)
class Task(Study):
    """An experiment and its variants."""

    metric: str = ""  # on data that selected nothing
    evaluate: str = ""  # the script that measures it; without one, last intervals report it

    @property
    def title(self) -> str:
        """What it is called on the command line and on the page."""
        return self.file.parent.name

    @property
    def text(self) -> str:
        """Its file."""
        return self.file.read_text()

    def number(self, key: str) -> int:
        """What its file says."""
        return int(re.findall(rf"^{key}: (\d+)", self.text, re.MULTILINE)[0])

    @property
    def variants(self) -> dict[str, str]:
        """Their experiment files."""
        capacity = self.number("population_size") // WORKERS
        processes = changed(re.sub(r'"\d+"\]', f'"{capacity}"]', self.text), {"workers": WORKERS})
        variants = {
            "weights only": changed(self.text, {"inherit": "weights"}),
            "hyperparameters only": changed(self.text, {"inherit": "hyperparameters"}),
            "binary tournament": changed(self.text, {"exploit": "binary_tournament"}),
            "t-test": changed(self.text, {"exploit": "{t_test: {evaluations: 3}}"}),
            "asynchronous": changed(processes, {"order": "asynchronous"}),
            "asynchronous, younger donors": changed(
                processes, {"order": "{asynchronous: {younger_donors: true}}"}
            ),
            **self.lengths,
        }
        for size in SIZES:
            variants[f"{size} members"] = changed(self.text, {"population_size": size})
            variants[f"{size} members, random search"] = changed(variants[f"{size} members"], RANDOM_SEARCH)
        return variants

    @property
    def lengths(self) -> dict[str, str]:
        """Those with other intervals."""
        steps, usual = self.number("steps"), self.number("interval")
        return {
            f"{n} intervals": changed(self.text, {"interval": steps // n})
            for n in INTERVALS
            if steps // n != usual
        }

    def folder(self, variant: str, seed: int | str) -> Path:
        """Where a variant is trained."""
        return self.runs.with_name(f"{self.runs.name}-ablations") / f"{variant.replace(' ', '-')}-seed{seed}"

    def trained(self, seed: int) -> dict[str, Path]:
        """The runs of a seed, trained where they are not yet."""
        here = self.file.parent
        baseline, control = (self.runs / f"{name}-seed{seed}" for name in ("baseline", "random_search"))
        train(here, self.text, baseline, "--seed", seed)
        train(here, changed(self.text, RANDOM_SEARCH), control, "--seed", seed)
        runs = {"as it is": baseline, "random search": control, **self.replays(baseline, seed)}
        for name, text in self.variants.items():
            runs[name] = self.folder(name, seed)
            train(here, text, runs[name], "--seed", seed)
        return runs

    def replays(self, baseline: Path, seed: int) -> dict[str, Path]:
        """Fresh models under the schedule that was found, and under its last values."""
        runs = {name: self.folder(name, seed) for name in ("replayed schedule", "its last values, fixed")}
        (replay, fixed), best = runs.values(), ranked(baseline)[0]
        options = ["--seeds", self.number("population_size"), "--json"]
        call("poptrain", "replay", baseline, "--member", best["id"], "--to", replay, *options)
        text = changed(self.text, RANDOM_SEARCH)
        for name, value in best["hyperparameters"].items():
            text = re.sub(rf"^( +{name}:).*", rf"\1 {value!r}", text, flags=re.MULTILINE)
        train(self.file.parent, text, fixed, "--seed", seed)
        return runs

    def tests(self, runs: list[Path]) -> list[list[float]]:
        """Of each run, the tests of the members, that of the best at the end first."""
        if not self.evaluate:
            return [at_end(run, self.metric) for run in runs]
        checkpoints = [[member["checkpoint"] for member in ranked(run)] for run in runs]
        command = "python3", self.evaluate, *itertools.chain(*checkpoints)
        accuracies = iter(
            float(line.split()[-1]) for line in call(*command, cwd=self.file.parent).splitlines()
        )
        return [[next(accuracies) for _ in run] for run in checkpoints]

    def report(self, page: str = "") -> list[str]:
        """Its section of the page. Where its runs are elsewhere, that of the page as it is stays."""
        first = self.first_seed
        last = self.folder(list(self.variants)[-1], "*")
        count = len(list(last.parent.glob(last.name)))
        if not count:
            before = section(page, self.title)
            if before and f"configuration `{self.digest[:6]}`" in before:
                return [before]
            return [f"## {self.title}\n\nNot run yet.\n"]
        seeds = range(first, first + count)
        runs = [self.trained(seed) for seed in seeds]
        names = list(runs[0])
        tests = self.tests([of_seed[name] for name in names for of_seed in runs])
        mode = poptrain("status", runs[0][names[0]], "--json")["mode"]
        lines = [
            f"## {self.title}",
            "",
            f"`{self.metric}`, {mode}. Seeds {seeds[0]} to {seeds[-1]}, configuration "
            f"`{self.digest[:6]}`. As it is: {self.number('population_size')} members, "
            f"{self.number('steps') // self.number('interval')} intervals, truncation, synchronous.",
            "",
            "| | best at the end, mean ± sd | better, equal, worse | median member | best of each seed |",
            "|---|--:|--:|--:|---|",
        ]
        for i, name in enumerate(names):
            of_seeds = tests[i * count : (i + 1) * count]
            best = [of_seed[0] for of_seed in of_seeds]
            pairs = zip(best, tests[:count], strict=True)
            differences = [(value - as_it_is[0]) * (-1 if mode == "min" else 1) for value, as_it_is in pairs]
            signs = [(d > 0) - (d < 0) for d in differences]
            sd = f" ± {statistics.stdev(best):.2g}" if count > 1 else ""
            cells = [
                f"{statistics.mean(best):.4g}{sd}",
                ", ".join(str(signs.count(sign)) for sign in (1, 0, -1)) if name != names[0] else "",
                f"{statistics.mean(map(statistics.median, of_seeds)):.4g}",
                ", ".join(f"{value:.4g}" for value in best),
            ]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        return [*lines, ""]


class Greed(Task):
    """Many short intervals, where few long ones are better, and what is said to help."""

    title = "greed"

    @property
    def variants(self) -> dict[str, str]:
        """Their experiment files."""
        steps, size = self.number("steps"), self.number("population_size")
        parts = [size * 3 // 8, size * 3 // 8, size - 2 * (size * 3 // 8)]
        remedies: dict[str, dict[str, Any]] = {
            "improvement gap": {"improvement_gap": "{deviations: 1}"},
            "multiple frequencies": {
                "exploit": "multiple_frequencies",
                "subpopulations": [{"size": size // 4, "intervals": n} for n in (1, 2, 4, 8)],
            },
            "restarts": {"exploit": "restart"},
            "FIRE": {
                "exploit": "{fire: {evaluations: 10}}",
                "subpopulations": [{"size": part} for part in parts],
            },
            "averaged weights": {},
        }
        short = changed(self.text, {"interval": steps // SHORT})
        variants = {f"{SHORT} intervals, {name}": changed(short, keys) for name, keys in remedies.items()}
        averaged = f"{SHORT} intervals, averaged weights"
        variants[averaged] = variants[averaged].replace("train.py", "greed/average.py")
        growing = {"interval": f"{{linear: [{steps // (4 * SHORT) or 1}, {steps // 5}]}}"}
        return self.lengths | variants | {"growing intervals": changed(self.text, growing)}

    def replays(self, baseline: Path, seed: int) -> dict[str, Path]:
        """None: they say nothing about greed."""
        return {}


TASKS = [
    Task(
        HERE.parent / "examples" / "jax-digits" / "experiment.yaml",
        metric="test accuracy",
        evaluate="evaluate.py",
    ),
    Task(HERE / "gan" / "experiment.yaml", metric="test_frechet"),
    Task(
        HERE / "minatar" / "breakout.yaml",
        metric="test_mean_return",
        evaluate="greed/evaluate.py",
    ),
    Greed(HERE / "minatar" / "breakout.yaml", metric="test_mean_return", evaluate="greed/evaluate.py"),
]


def main() -> None:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["run", "report"])
    parser.add_argument("names", nargs="*", help="by default all")
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    titles = {task.title for task in TASKS}
    if unknown := set(arguments.names) - titles:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(sorted(titles))}")
    for task in TASKS:
        if arguments.action == "run" and (not arguments.names or task.title in arguments.names):
            refuse_uncommitted(HERE)
            refuse_uncommitted(task.file.parent)
            for seed in range(task.first_seed, task.first_seed + arguments.seeds):
                task.trained(seed)
    page = PAGE.read_text() if PAGE.exists() else "# Ablations\n\n"
    lines = (line for task in TASKS for line in task.report(page))
    PAGE.write_text("\n".join([f"{page.split(MARKER)[0]}{MARKER}", "", *lines]))


if __name__ == "__main__":
    main()
