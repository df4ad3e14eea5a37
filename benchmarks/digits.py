"""Population Based Training against random search, on the digits example.

For each seed the experiment runs twice: as it is, and with `exploit: none`, which is random search with the
same population, budget and initial hyperparameters. The member that is best on the validation data is then
measured on the test data, and so is every other, for the median.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parent.parent
POPTRAIN = REPOSITORY / ".build/release/poptrain"
EXAMPLE = REPOSITORY / "examples" / "digits"
METHODS = ("pbt", "random_search")


@dataclass(frozen=True)
class Outcome:
    """What one run came to."""

    validation: float  # log-likelihood of the best member,
    test: float  # and its accuracy on the test data
    median_test: float  # over the members of the population
    seconds: float


@dataclass(frozen=True)
class Pair:
    """The two runs of one seed."""

    seed: int
    pbt: Outcome
    random_search: Outcome

    @property
    def difference(self) -> float:
        """By how much PBT is better on the test data."""
        return self.pbt.test - self.random_search.test


def main() -> None:
    """Run all seeds, print the table after the last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--poptrain", default=POPTRAIN, metavar="PROGRAM")
    parser.add_argument("--seeds", type=seeds, default=seeds("100-107"), metavar="FIRST-LAST")
    parser.add_argument("--order", choices=["asynchronous", "synchronous"], default="asynchronous")
    parser.add_argument("--folder", type=Path, help="a new folder, to keep the runs in")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers here")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table here")
    arguments = parser.parse_args()

    poptrain = shutil.which(arguments.poptrain)
    if poptrain is None:
        parser.error(f"there is no program {arguments.poptrain}: run `make build`, or give --poptrain")
    if arguments.folder is None:
        with tempfile.TemporaryDirectory() as folder:
            pairs = compare(poptrain, arguments.seeds, arguments.order, Path(folder))
    elif arguments.folder.exists():
        parser.error(f"{arguments.folder} is there already, and runs in it would be resumed")
    else:
        arguments.folder.mkdir(parents=True)
        pairs = compare(poptrain, arguments.seeds, arguments.order, arguments.folder.resolve())

    table = markdown(pairs, arguments.order)
    print(table)
    if arguments.markdown:
        arguments.markdown.write_text(table + "\n")
    if arguments.json:
        report = {"order": arguments.order, "pairs": [asdict(pair) for pair in pairs]}
        arguments.json.write_text(json.dumps(report, indent=2) + "\n")


def seeds(text: str) -> range:
    """100-107 are eight seeds, 100 is one."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def compare(poptrain: str, seeds: Iterable[int], order: str, folder: Path) -> list[Pair]:
    """Run both methods on each seed."""
    python(EXAMPLE / "prepare.py")  # so that no run is timed with it
    experiments = {}
    for method in METHODS:
        experiments[method] = folder / f"{method}.yaml"
        experiments[method].write_text(experiment(method, order))

    pairs = []
    for seed in seeds:
        outcomes = {
            method: outcome(poptrain, experiments[method], seed, folder / f"{method}-{seed}")
            for method in METHODS
        }
        pairs.append(Pair(seed, **outcomes))
        print(f"seed {seed}: {pairs[-1].difference:+.4f}", file=sys.stderr, flush=True)
    return pairs


def experiment(method: str, order: str) -> str:
    """The experiment file of the example, changed for the method and the order, and to run from elsewhere."""
    text = (EXAMPLE / "experiment.yaml").read_text()
    text = replace(text, "  command", json.dumps([sys.executable, str(EXAMPLE / "train.py")]))
    text = replace(text, "order", order)
    return replace(text, "exploit", "none") if method == "random_search" else text


def replace(text: str, key: str, value: str) -> str:
    """Give a key of the experiment file, which has a line of its own, another value."""
    before, after = re.split(rf"^{key}:.*$", text, flags=re.MULTILINE)
    return f"{before}{key}: {value}{after}"


def outcome(poptrain: str, experiment: Path, seed: int, run: Path) -> Outcome:
    """Run one experiment and measure what it found."""
    start = time.perf_counter()
    call(poptrain, "run", experiment, "--run", run, "--seed", seed)
    seconds = time.perf_counter() - start

    best = json.loads(call(poptrain, "best", run, "--json"))
    members = json.loads(call(poptrain, "status", run, "--json"))["members"]
    checkpoints = [best["checkpoint"], *(member["checkpoint"] for member in members)]
    lines = python(EXAMPLE / "evaluate.py", "--json", *checkpoints).splitlines()
    test, *population = (json.loads(line)["accuracy"] for line in lines)
    return Outcome(best["score"], test, float(np.median(population)), seconds)


def python(*arguments: object) -> str:
    """What a script of the example prints."""
    return call(sys.executable, *arguments)


def call(*arguments: object) -> str:
    """What a program prints; where it fails, the benchmark ends with its messages."""
    argv = [str(argument) for argument in arguments]
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(argv)} ended with status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def markdown(pairs: list[Pair], order: str) -> str:
    """The table, a row per seed, and what it comes to."""
    pbt, random_search = [pair.pbt for pair in pairs], [pair.random_search for pair in pairs]
    columns: list[tuple[str, str, list[float]]] = [
        ("PBT", ".4f", [run.test for run in pbt]),
        ("random search", ".4f", [run.test for run in random_search]),
        ("difference", "+.4f", [pair.difference for pair in pairs]),
        ("PBT, median member", ".4f", [run.median_test for run in pbt]),
        ("random search, median member", ".4f", [run.median_test for run in random_search]),
        ("PBT, seconds", ".1f", [run.seconds for run in pbt]),
        ("random search, seconds", ".1f", [run.seconds for run in random_search]),
    ]
    rows = [["seed", *(title for title, _, _ in columns)], ["---:"] * (1 + len(columns))]
    for index, pair in enumerate(pairs):
        rows.append([str(pair.seed), *(format(values[index], form) for _, form, values in columns)])
    rows.append(["mean", *(format(np.mean(values), form) for _, form, values in columns)])
    if len(pairs) > 1:
        spread = [format(np.std(values, ddof=1), form.strip("+")) for _, form, values in columns]
        rows.append(["± sd", *spread])

    differences = [pair.difference for pair in pairs]
    wins, ties = sum(d > 0 for d in differences), sum(d == 0 for d in differences)
    verdict = (
        f"Accuracy on the test data, {order} order. Of {len(pairs)} seeds, PBT is better than random search "
        f"in {wins}, equal in {ties}; on average by {np.mean(differences):+.4f}."
    )
    return "\n".join([verdict, "", *(f"| {' | '.join(row)} |" for row in rows)])


if __name__ == "__main__":
    main()
