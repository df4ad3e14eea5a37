"""Runs every way to order decisions on one task, for the seeds of config.json; one JSON line for each run.

All runs of some seeds go on together, so that many members train in one JAX program; an interval
that several of them need (the same model, values and seed) is trained once.
"""

import argparse
import importlib
import json
import os
import sys
import time
from itertools import product
from pathlib import Path
from typing import Any

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
HERE = Path(__file__).resolve().parent
ROOT = next(folder for folder in HERE.parents if (folder / "examples").is_dir())
FOLDERS = {"digits": "examples/jax-digits", "breakout": "examples/jax-breakout", "gan": "experiments/gan"}
AT_ONCE = 10  # members in a program
TOGETHER = 2  # seeds whose runs go on together, so that programs are full


class Trainer:
    """Trains jobs, many at once, and remembers what came of them."""

    def __init__(self, task: Any) -> None:
        self.task, self.known, self.tested = task, {}, {}

    def train(self, jobs: list) -> None:
        """Fill in the models and scores of jobs."""
        waiting = {}
        for job in jobs:
            waiting.setdefault((id(job.start), tuple(job.values.values()), job.seed), []).append(job)
        new = [key for key in waiting if key not in self.known]
        for i in range(0, len(new), AT_ONCE):
            part = new[i : i + AT_ONCE]
            results = self.results([waiting[key][0] for key in part])
            self.known.update(zip(part, results, strict=True))
        for key, same in waiting.items():
            for job in same:
                job.model, job.score = self.known[key]

    def test(self, model: Any, seed: int) -> float:
        """The score of a model on data or games that nothing was chosen by."""
        if id(model) not in self.tested:
            self.tested[id(model)] = self.task.test(model, seed)
        return self.tested[id(model)]

    def results(self, jobs: list) -> list[tuple[Any, float]]:
        """Train at most so many as fit; the program is filled with repetitions."""
        import jax
        import numpy as np

        filled = (jobs * AT_ONCE)[:AT_ONCE]
        starts = [job.start if job.start is not None else self.task.first(job.seed) for job in filled]
        models = jax.tree.map(lambda *arrays: np.stack(arrays), *starts)
        values = {name: np.float32([job.values[name] for job in filled]) for name in self.task.DOMAINS}
        seeds = np.uint32([job.seed for job in filled])
        models, scores = jax.device_get(self.task.interval(models, values, seeds))
        one_by_one = [jax.tree.map(lambda array, i=i: array[i].copy(), models) for i in range(len(jobs))]
        return list(zip(one_by_one, map(float, scores), strict=False))


def of_seeds(task: Any, settings: dict, seeds: list[int]) -> list[dict]:
    """What came of every way with each of the seeds."""
    from orders import ORDERS
    from simulate import Run

    size, steps = settings["population"], settings["intervals"]
    runs, trainer = {}, Trainer(task)
    for seed, name, workers in product(seeds, settings["orders"], settings["workers"]):
        budget = settings["age_less"][str(workers)] if name == "age_less" else steps
        run = Run(ORDERS[name], size, budget, steps, workers, task.DOMAINS, seed)
        runs[seed, name, workers] = run
    going = {key: run.events() for key, run in runs.items()}
    while going:
        needed = {key: next(events, None) for key, events in going.items()}
        going = {key: events for key, events in going.items() if needed[key]}
        trainer.train([job for jobs in needed.values() for job in jobs or ()])
    return [outcome(trainer, run, steps, *key) for key, run in runs.items()]


def outcome(trainer: Trainer, run: Any, steps: int, seed: int, name: str, workers: int) -> dict:
    """What is reported of a run. Ages are in parts of the budget of steps."""
    members, counts = run.population.members, run.population.counts
    end = max(filter(None, (member.published for member in members)), key=lambda published: published.score)
    ages = sorted(member.age / steps for member in members)
    return {
        "order": name, "workers": workers, "seed": seed,
        "ever": trainer.test(run.population.best.model, seed), "end": trainer.test(end.model, seed),
        "ever_score": run.population.best.score, "end_score": end.score,
        "trained": run.trained / (len(members) * steps),
        "decisions": counts.decisions, "copies": counts.copies,
        "younger": counts.younger, "older": counts.older,
        "age_mean": sum(ages) / len(ages), "age_min": ages[0], "age_max": ages[-1],
        "age_best": end.age / steps,
        "age_exact": sum(age == 1 for age in ages) / len(ages),
        "idle": 1 - run.busy / (workers * run.clock), "clock": run.clock,
        "founders": len({member.founder for member in members}),
    }  # fmt: skip


def main() -> None:
    """Go through the seeds; those that are in the file already are left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=FOLDERS)
    parser.add_argument("--config", type=Path, default=HERE / "config.json")
    parser.add_argument("--seeds", help="others than those of the file, such as 0-3")
    parser.add_argument("--results", type=Path, help="where the lines go, instead of results/TASK.jsonl")
    arguments = parser.parse_args()

    sys.path[:0] = [str(HERE), str(ROOT / FOLDERS[arguments.task])]
    task = importlib.import_module(f"{arguments.task}_task")
    settings = json.loads(arguments.config.read_text())[arguments.task]
    first, last = map(int, (arguments.seeds or settings["seeds"]).split("-"))
    path = arguments.results or HERE / "results" / f"{arguments.task}.jsonl"
    path.parent.mkdir(exist_ok=True)
    have = {json.loads(line)["seed"] for line in path.read_text().splitlines()} if path.exists() else set()
    seeds = sorted(set(range(first, last + 1)) - have)
    for i in range(0, len(seeds), TOGETHER):
        began, part = time.time(), seeds[i : i + TOGETHER]
        lines = [json.dumps(result) + "\n" for result in of_seeds(task, settings, part)]
        with path.open("a") as file:
            file.writelines(lines)
        print(f"seeds {part}: {time.time() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
