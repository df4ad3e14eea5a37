"""Runs the experiments of this folder on fresh seeds, and writes their RESULTS.md.

    python3 study.py run                     all that have results
    python3 study.py run toy --seeds 10      one of them
    python3 study.py run --quick             one seed of each, which is not reported
    python3 study.py report toy              writes RESULTS.md again, from the runs that are there
    python3 study.py tune minatar/breakout.yaml --seeds 3      looks for the best constants

Seeds come from a hash of the configuration (experiment files and scripts), so a configuration cannot be
tuned on them. It must be committed before its seeds are run.
"""

import argparse
import hashlib
import itertools
import json
import math
import re
import statistics
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training import HERE, at_end, call, changed, machine, poptrain, ranked, time_of, train

MARKER = "<!-- from here on written by study.py -->"
MACHINES = "machines.txt"  # beside the runs: those that trained them
PATTERNS = ("*.yaml", "*.py", "*.txt")  # what the hash is of
FINALISTS, REPEATS = 8, 3  # constants that are trained again, and how often
ENDINGS = {"value_at_end": "best member at the end", "value": "best checkpoint ever"}
OTHERS = {"constant": "tuned constant", "by-hand": "schedule set by hand"}  # NAME-constant.yaml and so on
TITLES = {"baseline": "PBT", "random_search": "random search", **OTHERS}


@dataclass(frozen=True)
class Study:
    """An experiment file, and those beside it that train the same without copying, under other values."""

    file: Path
    quick: bool = False

    @property
    def others(self) -> dict[str, Path]:
        """The file of the tuned constant, and of what else there is."""
        files = {name: self.file.with_name(f"{self.file.stem}-{name}.yaml") for name in OTHERS}
        return {name: file for name, file in files.items() if file.exists()}

    @property
    def digest(self) -> str:
        """A hash of all that could be chosen by looking at results."""
        return digest(self.file.parent)

    @property
    def first_seed(self) -> int:
        """Derived from the configuration, so it cannot be chosen."""
        return 0 if self.quick else int(self.digest[:6], 16)

    @property
    def runs(self) -> Path:
        """The runs of this configuration."""
        name = f"{self.file.stem}-{'quick-' if self.quick else ''}{self.digest[:6]}"
        return self.file.parent / "runs" / name

    def run(self, seeds: int) -> None:
        """Train what is not trained yet."""
        if not self.quick:
            refuse_uncommitted(self.file.parent)
        self.compare(seeds)
        with (self.runs / MACHINES).open("a") as file:
            print(machine(), file=file)
        for seed in range(self.first_seed, self.first_seed + seeds):
            options = ["--seed", seed, "--json", "--run"]
            for name, file in self.others.items():
                call("poptrain", "run", file, *options, self.runs / f"{name}-seed{seed}")
            if "constant" in self.others:
                alone = self.runs / f"alone-seed{seed}"
                call("poptrain", "run", self.others["constant"], "--population-size", 1, *options, alone)

    def compare(self, seeds: int) -> Any:
        """Poptrain's own comparison with random search; it resumes, and repeats nothing."""
        metric = f"test_{poptrain('draw', self.file, '--json')['metric']}"
        options = ["--report", metric, "--test", "--json", "--seeds", seeds, "--seed", self.first_seed]
        return poptrain("compare", self.file, *options, "--run", self.runs)

    @property
    def title(self) -> str:
        """What its runs are called."""
        named = re.search(r"^name: *(\S+)", self.file.read_text(), re.MULTILINE)
        return named[1] if named else self.file.stem

    def report(self, page: str = "") -> list[str]:
        """Its section of RESULTS.md. Where its runs are elsewhere, that of the page as it is stays."""
        seeds = len(list(self.runs.glob("baseline-seed*")))
        if not seeds:
            return [section(page, self.title) or f"## {self.title}\n\nNot run yet.\n"]
        self.refuse_unfinished()
        comparison = self.compare(seeds)
        values: dict[str, dict[str, list[float]]] = {ending: {} for ending in ENDINGS}
        for alternative in comparison["alternatives"]:
            for ending in ENDINGS:
                values[ending][alternative["name"]] = [run[ending] for run in alternative["runs"]]
        seeds = comparison["seeds"]
        for name in self.others:
            runs = [self.runs / f"{name}-seed{seed}" for seed in seeds]
            if all(run.exists() for run in runs):
                values["value_at_end"][name] = [at_end(run, comparison["metric"])[0] for run in runs]
        sign = -1 if comparison["mode"] == "min" else 1
        lines = [f"## {comparison['name']}", ""]
        lines += [f"`{comparison['metric']}`, {comparison['mode']}, of each seed:", ""]
        lines += every_seed(seeds, values)
        lines += ["", *against_pbt(values, sign), "", *comparison["notes"], "", *self.times(seeds), ""]
        machines = self.runs / MACHINES
        names = sorted(set(machines.read_text().splitlines())) if machines.exists() else ["not recorded"]
        lines += [f"Trained on: {'; '.join(names)}.", ""]
        at_ends = values["value_at_end"]["baseline"]
        middle = seeds[at_ends.index(sorted(at_ends)[len(seeds) // 2])]
        figures = self.runs / "figures" if self.quick else self.file.parent / "figures"
        figures.mkdir(exist_ok=True)
        for name in ("lineage", "schedule"):
            path = figures / f"{self.file.stem}-{name}.svg"
            call("poptrain", "figure", name, self.runs / f"baseline-seed{middle}", "--out", path)
            title = f"The {name} of the run of the median seed, {middle}"
            lines.append(f"![{title}]({path.relative_to(self.file.parent)})\n")
        return lines

    def refuse_unfinished(self) -> None:
        """A report trains nothing, which may take hours."""
        for baseline in self.runs.glob("baseline-seed*"):
            for run in (baseline, baseline.with_name(baseline.name.replace("baseline", "random_search"))):
                if not run.exists() or poptrain("status", run, "--json")["state"] != "finished":
                    raise SystemExit(f"{run} is not finished: python3 study.py run {self.file.parent.name}")

    def times(self, seeds: list[int]) -> list[str]:
        """How long the runs took, and how much of it no trainer was at work."""
        lines = ["| medians over the seeds | wall-clock time, s | of it without a trainer at work |"]
        lines += ["|---|--:|--:|"]
        for name, title in {**TITLES, "alone": "one member alone, tuned constant"}.items():
            if (self.runs / f"{name}-seed{seeds[0]}").exists():
                times = [time_of(self.runs / f"{name}-seed{seed}") for seed in seeds]
                wall, idle = map(statistics.median, zip(*times, strict=True))
                lines.append(f"| {title} | {wall:.1f} | {idle:.1%} |")
        return lines


def digest(folder: Path) -> str:
    """A hash of the experiment files, scripts and requirements of a folder."""
    files = sorted(path for pattern in PATTERNS for path in folder.glob(pattern) if path.name[0] != ".")
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()


def refuse_uncommitted(folder: Path) -> None:
    """Seeds that are reported are drawn after the configuration is frozen in a commit."""
    changes = call("git", "status", "--porcelain", "--", *PATTERNS, cwd=folder)
    if changes:
        raise SystemExit(f"commit the configuration first, or use --quick:\n{changes}")


def every_seed(seeds: list[int], values: dict[str, dict[str, list[float]]]) -> list[str]:
    """A table with all that was measured."""
    columns = [(ending, name) for ending in values for name in values[ending]]
    lines = [f"| seed | {' | '.join(f'{TITLES[name]}, {ENDINGS[ending]}' for ending, name in columns)} |"]
    lines += [f"|--:|{'--:|' * len(columns)}"]
    for i, seed in enumerate(seeds):
        lines.append(f"| {seed} | {' | '.join(f'{values[end][name][i]:.4g}' for end, name in columns)} |")
    return lines


def against_pbt(values: dict[str, dict[str, list[float]]], sign: int) -> list[str]:
    """A table of means, and of PBT against the others in pairs; a positive difference is in favor of PBT."""
    lines = ["| | mean ± sd | PBT better, equal, worse | mean difference, 95 % interval | p |"]
    lines += ["|---|--:|--:|--:|--:|"]
    for ending, by_name in values.items():
        for name, others in by_name.items():
            sd = f" ± {statistics.stdev(others):.2g}" if len(others) > 1 else ""
            pairs = zip(by_name["baseline"], others, strict=True)
            differences = [sign * (pbt - other) for pbt, other in pairs]
            test = " | | |" if name == "baseline" else paired(differences)
            lines.append(f"| {TITLES[name]}, {ENDINGS[ending]} | {statistics.mean(others):.4g}{sd} |{test}")
    return lines


def paired(differences: list[float]) -> str:
    """Last cells of a row: counts, the interval of the t-test, two-sided p of Wilcoxon's signed-rank test."""
    from scipy import stats  # not needed to train

    signs = [(d > 0) - (d < 0) for d in differences]
    cells = f" {signs.count(1)}, {signs.count(0)}, {signs.count(-1)} | {statistics.mean(differences):+.3g}"
    if len(set(differences)) < 2:
        return f"{cells} | |"
    low, high = stats.ttest_1samp(differences, 0).confidence_interval()
    return f"{cells} ({low:.3g} to {high:.3g}) | {stats.wilcoxon(differences).pvalue:.2g} |"


def studies(folder: Path, quick: bool = False) -> list[Study]:
    """Those of a folder."""
    files = sorted(file for file in folder.glob("[!.]*.yaml") if not file.stem.endswith(tuple(OTHERS)))
    return [Study(file, quick) for file in files]


def section(page: str, title: str) -> str | None:
    """A section of a page; none where it has none of this title."""
    found = re.search(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return f"{found[0].rstrip()}\n" if found else None


def write_results(folder: Path) -> None:
    """Everything after the marker; what stands above it was written by a person, and stays."""
    if not any(study.runs.exists() for study in studies(folder)):
        return  # they are of another machine
    path = folder / "RESULTS.md"
    page = path.read_text() if path.exists() else f"# Results of {folder.name}\n\n"
    above = page.split(MARKER)[0]
    before = page if is_current(folder) else ""
    commit = call("git", "log", "-1", "--format=%h of %cs", "--", *PATTERNS, cwd=folder).strip()
    name = digest(folder)[:6]
    lines = [
        f"{above}{MARKER}",
        "",
        f"Configuration: hash `{name}`, frozen in commit {commit}. The first seed is that hash as a number.",
        "",
    ]
    path.write_text(
        "\n".join([*lines, *itertools.chain(*(study.report(before) for study in studies(folder)))])
    )


def is_current(folder: Path) -> bool:
    """Whether RESULTS.md is of the present configuration."""
    path = folder / "RESULTS.md"
    return path.exists() and f"hash `{digest(folder)[:6]}`" in path.read_text()


def tune(study: Study, seeds: int) -> None:
    """Print the constants that are best after more training than any of the compared runs has."""
    folder, text = study.file.parent, study.file.read_text()
    members = []
    for seed in range(seeds):
        run = study.runs / f"random_search-seed{seed}"
        train(folder, changed(text, {"exploit": "none"}), run, "--seed", seed)
        members += ranked(run)
    sign = -1 if poptrain("status", run, "--json")["mode"] == "min" else 1
    members.sort(key=lambda member: sign * member["score"], reverse=True)
    finalists = [member["hyperparameters"] for member in members[:FINALISTS]]

    keys = {"population_size": len(finalists) * REPEATS, "exploit": "none", "first_draws": "independent"}
    text = changed(text, keys)
    for name in finalists[0]:
        initial = json.dumps([values[name] for values in finalists] * REPEATS)
        text = re.sub(rf"^( +{name}: \{{[^}}]*)\}}", rf"\1, initial: {initial}}}", text, flags=re.MULTILINE)
    run = study.runs / f"finalists-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
    train(folder, text, run, "--seed", seeds)  # which none of the searches had

    scores = defaultdict(list)
    for member in poptrain("status", run, "--json")["members"]:
        score = -math.inf if member["score"] is None else sign * member["score"]
        scores[member["id"] % len(finalists)].append(score)
    best = max(scores, key=lambda i: statistics.mean(scores[i]))
    cost = len(members) + len(finalists) * REPEATS
    print(f"# The best of {len(members)} random constants, {len(finalists)} of which were trained again.")
    print(f"# Cost: {cost} trainings. Score: {sign * statistics.mean(scores[best]):.4g}")
    for name, value in finalists[best].items():
        print(f"  {name}: {value:.3g}" if isinstance(value, float) else f"  {name}: {value}")


def main() -> None:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["run", "report", "status", "tune"])
    parser.add_argument("names", nargs="*", help="folders, or experiment files; by default all with results")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--quick", action="store_true", help="seed 0 only, and RESULTS.md is left alone")
    arguments = parser.parse_args()

    folders = sorted(path for path in HERE.iterdir() if path.is_dir() and studies(path))
    known = {str(path.relative_to(HERE)) for folder in folders for path in [folder, *folder.glob("*.yaml")]}
    if unknown := set(arguments.names) - known:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    for folder in folders:
        # What is too slow to be compared is trained only where it is named.
        all_of_it = folder.name in arguments.names
        all_of_it |= not arguments.names and (folder / "RESULTS.md").exists()
        chosen = [
            study
            for study in studies(folder, arguments.quick or arguments.action == "tune")
            if all_of_it or str(study.file.relative_to(HERE)) in arguments.names
        ]
        if chosen and arguments.action == "status":
            print(folder.name, "current" if is_current(folder) else "not run, or changed since")
            continue
        for study in chosen:
            if arguments.action == "tune":
                tune(study, arguments.seeds)
            if arguments.action == "run":
                study.run(1 if arguments.quick else arguments.seeds)
            if arguments.quick:
                print("\n".join(study.report()))
        if chosen and arguments.action != "tune" and not arguments.quick:
            write_results(folder)


if __name__ == "__main__":
    main()
