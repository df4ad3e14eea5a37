"""Prints RESULTS.md from the files in results/: checks, the value of every seed, and the schedules found."""

import json
import math
import pathlib
import statistics
from dataclasses import dataclass

FOLDER = pathlib.Path(__file__).parent
SEEDS = 10


@dataclass(frozen=True)
class System:
    """How to report the populations of a system."""

    title: str
    checks: str
    metric: str | None  # the test metric that compares arms; none: the score, an estimate that also selects
    numpy: str  # seconds of a population of 16 in numpy, on one thread of the same kind of machine
    less_is_better: bool = False
    note: str = ""  # what to know of the comparison
    pairs: tuple[tuple[str, str], ...] = (("pbt", "random"),)


SYSTEMS = {
    "tensors": System(
        "Score-function tensors",
        "tensors",
        None,
        "4-6",
        note="The score is an estimate on one sequence of 4,000 inputs, the same for selection and here.\n"
        "`unbiased score` is that with the default ridge, starts and rounds, on this sequence too.",
    ),
    "labels-symmetric": System("RAFNI, symmetric noise", "labels", "accuracy", "2-3"),
    "labels-pair": System("RAFNI, pair noise", "labels", "accuracy", "2-3"),
    "flow": System("Variational Probability Flow", "flow", "log_likelihood", "10"),
    "spikes": System(
        "Binary spiking networks",
        "spikes",
        "negative_log_likelihood",
        "11",
        less_is_better=True,
        pairs=(
            ("pbt", "random"),
            ("straight-through", "straight-through-random"),
            ("pbt", "straight-through"),
        ),
    ),
    "arrays": System(
        "Resistive cross-point arrays",
        "arrays",
        "accuracy",
        "11",
        pairs=(("pbt", "random"), ("pbt", "moving"), ("pbt", "unevaluated")),
    ),
}


def lines(name):
    """The values in a file of JSON lines; none if it is missing."""
    file = FOLDER / "results" / f"{name}.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def table(head, rows):
    """Prints a table."""
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def by_arm(name):
    """For each arm, the outcomes by seed, for the seeds that all arms have."""
    arms = {}
    for outcome in lines(name):
        arms.setdefault(outcome["arm"], {})[outcome["seed"]] = outcome
    seeds = set.intersection(*(set(of) for of in arms.values())) if arms else set()
    return {arm: {seed: of[seed] for seed in sorted(seeds)} for arm, of in arms.items()} if seeds else {}


def value(system, outcome):
    """The value that compares an outcome with others."""
    return outcome["best"] if system.metric is None else outcome["test"][system.metric]


def comparison(name, one, other):
    """For two arms: seeds with a better, worse and equal first, mean difference, and p of the sign test."""
    system, arms = SYSTEMS[name], by_arm(name)
    seeds = sorted(set(arms.get(one, {})) & set(arms.get(other, {})))
    differences = [value(system, arms[one][s]) - value(system, arms[other][s]) for s in seeds]
    better = sum((d < 0) if system.less_is_better else (d > 0) for d in differences)
    unequal = sum(d != 0 for d in differences)
    extreme = max(better, unequal - better)
    p = min(1, 2 * sum(math.comb(unequal, k) for k in range(extreme, unequal + 1)) / 2**unequal)
    return (better, unequal - better, len(seeds) - unequal), statistics.mean(differences), p


def holding(name):
    """The number of checks that hold, and of all checks."""
    found = lines(f"checks-{name}")
    return f"{sum(c['holds'] for c in found)} of {len(found)}"


def seconds(name, arm="pbt"):
    """The median of the processor seconds of a population."""
    return statistics.median(o["seconds"] for o in by_arm(name)[arm].values())


def print_summary():
    """Prints a row for each system."""
    rows = []
    for name, system in SYSTEMS.items():
        if arms := by_arm(name):
            mean = {arm: statistics.mean(value(system, o) for o in of.values()) for arm, of in arms.items()}
            counts, _, p = comparison(name, "pbt", "random")
            row = [system.title, (system.metric or "score").replace("_", " ")]
            row += [f"{mean['pbt']:.4g}", f"{mean['random']:.4g}", ", ".join(map(str, counts)), f"{p:.2g}"]
            rows.append([*row, holding(system.checks), f"{seconds(name):.1f}", system.numpy])
    head = ["system", "compared by", "PBT", "random search", "PBT better, worse, equal", "p"]
    table([*head, "checks that hold", "seconds of a population", "in numpy"], rows)


def print_checks(name):
    """Prints the wanted and the found value of each check."""
    if found := lines(f"checks-{name}"):
        table(
            ["check", "wanted", "found", "holds"],
            [(c["what"], c["wanted"], c["found"], "yes" if c["holds"] else "**no**") for c in found],
        )


def print_populations(name):
    """Prints the value of every seed and arm, the comparisons of arms, and means of further measurements."""
    system, arms = SYSTEMS[name], by_arm(name)
    if not arms:
        print("Not measured yet.\n")
        return
    seeds = sorted(arms["pbt"])
    if len(seeds) < SEEDS:
        print(f"**Only {len(seeds)} of the {SEEDS} seeds have been run.**\n")
    columns = [[value(system, of[seed]) for seed in seeds] for of in arms.values()]
    rows = [
        [seed, *(f"{v:.4g}" for v in row)]
        for seed, row in zip(seeds, zip(*columns, strict=True), strict=True)
    ]
    for title, of in (("**mean**", statistics.mean), ("standard deviation", statistics.stdev)):
        rows.append([title, *(f"{of(column):.4g}" if len(column) > 1 else "" for column in columns)])
    label = (system.metric or "score").replace("_", " ")
    table([f"{label}, by seed", *arms], rows)
    for one, other in system.pairs:
        (better, worse, equal), difference, p = comparison(name, one, other)
        verdict = "" if p < 0.05 else ", so chance may explain it"
        print(
            f"- {one} against {other}: {better} better, {worse} worse, {equal} equal "
            f"(sign test: p = {p:.2g}{verdict}); the mean difference is {difference:+.2g}."
        )
    if system.note:
        print(f"\n{system.note}")
    print("\nMeans of further measurements of the best model, and of the whole population:\n")
    others = [key for key in next(iter(arms["pbt"].values()))["test"] if key != system.metric]
    rows = []
    for arm, of in arms.items():
        tests = [statistics.mean(o["test"][key] for o in of.values()) for key in others]
        median = statistics.mean(o["median"] for o in of.values())
        copies = statistics.mean(o["copies"] for o in of.values())
        losses = [o["lossByCopying"] for o in of.values() if "lossByCopying" in o]
        rows.append([arm, *(f"{v:.4g}" for v in tests), f"{median:.4g}", f"{copies:.0f}"])
        rows[-1].append(f"{statistics.mean(losses):.2g}" if losses else "")
        rows[-1].append(f"{seconds(name, arm):.1f}")
    head = ["arm", *(key.replace("_", " ") for key in others), "median member's score", "copies"]
    head += ["score of donor minus copy", "processor seconds"]
    if not any(row[-2] for row in rows):
        head.pop(-2)
        for row in rows:
            row.pop(-2)
    table(head, rows)
    print_losses(arms)


def print_losses(arms):
    """Says what a copy loses on other devices, beyond what it loses on the same."""
    if "moving" not in arms:
        return
    other, same = (
        statistics.mean(outcome["lossByCopying"] for outcome in arms[arm].values())
        for arm in ("pbt", "moving")
    )
    print("A copy that keeps the devices of its donor (`moving`) scores less too: reads are noisy, and a")
    print("donor is a chosen maximum. So other devices cost about", end=" ")
    print(f"{other:.2g} - {same:.2g} = {other - same:.2g}.\n")


def print_schedule(name):
    """Prints the schedule of the first seed, the first and last values of the other seeds, and the figure."""
    outcomes = by_arm(name).get("pbt", {})
    if not outcomes:
        return
    first = min(outcomes)
    names = sorted(outcomes[first]["schedule"][0]["values"])
    print(f"The schedule that led to the best model of seed {first}:\n")
    stretches = outcomes[first]["schedule"]
    table(
        ["steps", *names],
        [[f"{s['from']}-{s['to']}"] + [f"{s['values'][n]:.3g}" for n in names] for s in stretches],
    )
    print("First and last values of every seed:\n")
    rows = []
    for seed, outcome in sorted(outcomes.items()):
        begin, end = (outcome["schedule"][place]["values"] for place in (0, -1))
        rows.append([seed, *(f"{begin[n]:.3g} → {end[n]:.3g}" for n in names)])
    ends = [(o["schedule"][0]["values"], o["schedule"][-1]["values"]) for o in outcomes.values()]
    rises = [sum(end[n] > begin[n] for begin, end in ends) for n in names]
    table(["seed", *names], [*rows, ["rises", *(f"{count} of {len(ends)}" for count in rises)]])
    if (FOLDER / "figures" / f"{name}.svg").exists():
        print(f"![The hyperparameters along the lineages](figures/{name}.svg)\n")


def print_folders():
    """Prints the cost of checkpoints on disk, and whether the outcome is the same."""
    rows = []
    for name, system in SYSTEMS.items():
        for outcome in lines(f"folder-{name}"):
            memory = by_arm(name).get("pbt", {}).get(outcome["seed"])
            if not memory:
                continue
            same = all(outcome[key] == memory[key] for key in outcome if key != "seconds")
            times = f"{memory['seconds']:.1f}", f"{outcome['seconds']:.1f}"
            rows.append([system.title, outcome["seed"], *times, "yes" if same else "**no**"])
    if rows:
        print("## In the folder of a run\n")
        print("The first population of each system again, with a checkpoint on disk after each interval.\n")
        table(["system", "seed", "processor seconds in memory", "in a folder", "same outcome"], rows)


def main():
    """Prints the page."""
    print("# Results\n")
    print("Written by `results.py`; [README.md](README.md#rules-of-evidence) says how. A population has")
    print("16 members, and random search the same budget. Seconds are processor time on one thread of a")
    print("shared machine.\n")
    print_summary()
    shown = set()
    for name, system in SYSTEMS.items():
        print(f"## {system.title}\n")
        if system.checks not in shown:
            print_checks(system.checks)
            shown.add(system.checks)
        print_populations(name)
        print_schedule(name)
    print_folders()


if __name__ == "__main__":
    main()
