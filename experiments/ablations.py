"""What each part of the method contributes: ablations as in section 4.4 of the paper, on three tasks.

The last task, greed, asks what helps where many short intervals lose.

    python3 ablations.py run                       all of them
    python3 ablations.py run gan --seeds 3         one of them
    python3 ablations.py run greed
    python3 ablations.py report                    writes docs/ablations.md again

Seeds are those of study.py: derived from the configuration, which must be committed first.
"""

import argparse
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ablations_page import Results, against_random_search, figure, table
from study import Study, refuse_uncommitted
from training import HERE, at_end, call, changed, machine, ranked, train

RESULTS = HERE / "ablations.jsonl"
PAGE = HERE.parent / "docs" / "ablations.md"
FIGURES = PAGE.parent / "images"
MARKER = "<!-- from here on written by experiments/ablations.py -->"
RANDOM_SEARCH = {"exploit": "none"}
WORKERS = 4  # processes in asynchronous order, each with an equal part of the members
SIZES, INTERVALS = (5, 10, 40), (5, 10, 20, 40)
SHORT = 40  # intervals of a greedy search
REPLAYS = ("replayed schedule", "its last values, fixed")


@dataclass(frozen=True)
class Task(Study):
    """An experiment and its variants."""

    metric: str = ""  # on data that selected nothing
    evaluate: str = ""  # the script that measures it; without one, last intervals report it
    replays = REPLAYS

    @property
    def name(self) -> str:
        """What it is called in the results; variants of one experiment may be those of two sections."""
        return str(self.file.relative_to(HERE.parent))

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

    @property
    def files(self) -> dict[str, str]:
        """The experiment files of all that is compared, except of replays."""
        usual = {"as it is": self.text, "random search": changed(self.text, RANDOM_SEARCH)}
        return usual | self.variants

    def folder(self, variant: str, seed: int) -> Path:
        """Where a variant is trained."""
        usual = {"as it is": "baseline", "random search": "random_search"}
        if variant in usual:
            return self.runs / f"{usual[variant]}-seed{seed}"
        return self.runs.with_name(f"{self.runs.name}-ablations") / f"{variant.replace(' ', '-')}-seed{seed}"

    def hash(self, variant: str) -> str:
        """Of all that decides what comes out: the configuration, the variant's file, its own scripts."""
        text = self.files.get(variant, self.text)
        scripts = [self.file.parent / name for name in re.findall(r"\w+/\w+\.py", text)]
        parts = [self.digest.encode(), text.encode(), *(script.read_bytes() for script in scripts)]
        return hashlib.sha256(b"".join(parts)).hexdigest()[:12]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What was found so far under the present configuration."""
        lines = RESULTS.read_text().splitlines() if RESULTS.exists() else []
        hashes = {name: self.hash(name) for name in [*self.files, *self.replays]}
        rows = [json.loads(line) for line in lines]
        return [row for row in rows if row["task"] == self.name and hashes.get(row["variant"]) == row["hash"]]

    def run(self, seed: int) -> None:
        """Train what has no result with this seed yet, and add its results."""
        known = {row["variant"] for row in self.rows if row["seed"] == seed}
        names = [name for name in [*self.files, *self.replays] if name not in known]
        runs = {name: self.folder(name, seed) for name in names}
        for name, run in runs.items():
            if name in self.files:
                train(self.file.parent, self.files[name], run, "--seed", seed)
        if set(names) & set(self.replays):
            self.replay(seed)
        with RESULTS.open("a") as file:
            for name, test in zip(runs, self.tests(list(runs.values())), strict=True):
                row = {"task": self.name, "variant": name, "seed": seed, "hash": self.hash(name)}
                file.write(json.dumps(row | {"test": test, "machine": machine()}) + "\n")

    def replay(self, seed: int) -> None:
        """Train fresh models under the schedule that was found, and under its last values."""
        baseline = self.folder("as it is", seed)
        train(self.file.parent, self.text, baseline, "--seed", seed)
        (replay, fixed), best = (self.folder(name, seed) for name in REPLAYS), ranked(baseline)[0]
        options = ["--seeds", self.number("population_size"), "--json"]
        call("poptrain", "replay", baseline, "--member", best["id"], "--to", replay, *options)
        text = changed(self.text, RANDOM_SEARCH)
        for name, value in best["hyperparameters"].items():
            text = re.sub(rf"^( +{name}:).*", rf"\1 {value!r}", text, flags=re.MULTILINE)
        train(self.file.parent, text, fixed, "--seed", seed)

    def tests(self, runs: list[Path]) -> list[float]:
        """Of each run, the test of the member that is best at the end."""
        if not self.evaluate or not runs:
            return [at_end(run, self.metric)[0] for run in runs]
        checkpoints = [ranked(run)[0]["checkpoint"] for run in runs]
        lines = call("python3", self.evaluate, *checkpoints, cwd=self.file.parent).splitlines()
        return [float(line.split()[-1]) for line in lines]

    def report(self) -> list[str]:
        """Its section of the page, and its figure."""
        rows = self.rows
        results: Results = {}
        for name in [*self.files, *self.replays]:
            found = {row["seed"]: row["test"] for row in rows if row["variant"] == name}
            if found:
                results[name] = found
        if "as it is" not in results or len(results) < 2:
            return [f"## {self.title}\n\nNot run yet.\n"]
        mode = re.findall(r"^mode: (\w+)", self.text, re.MULTILINE)[0]
        sign, seeds = -1 if mode == "min" else 1, results["as it is"]
        FIGURES.mkdir(exist_ok=True)
        picture = FIGURES / f"ablations-{self.title}.svg"
        figure(results, sign, picture)
        machines = Counter(row["machine"] for row in rows)
        return [
            f"## {self.title}",
            "",
            f"`{self.metric}`, {mode}. Seeds {min(seeds)} to {max(seeds)}, configuration "
            f"`{self.digest[:6]}`. As it is: {self.number('population_size')} members, "
            f"{self.number('steps') // self.number('interval')} intervals, truncation, synchronous.",
            "",
            *table(results, sign),
            *against_random_search(results, sign),
            "",
            f"![By how much each variant is better than as it is](images/{picture.name})",
            "",
            "Runs by machine: " + "; ".join(f"{name} ({count})" for name, count in machines.items()) + ".",
            "",
        ]


class Greed(Task):
    """Many short intervals, where few long ones are better, and what is said to help."""

    title = "greed"
    replays = ()

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


class Lengths(Task):
    """Intervals of other lengths, and nothing else."""

    replays = ()

    @property
    def variants(self) -> dict[str, str]:
        """Their experiment files."""
        return self.lengths


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
    Lengths(HERE / "translation" / "experiment.yaml", metric="test_bleu"),
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
                task.run(seed)
    lines = (line for task in TASKS for line in task.report())
    PAGE.write_text("\n".join([f"{PAGE.read_text().split(MARKER)[0]}{MARKER}", "", *lines]))


if __name__ == "__main__":
    main()
