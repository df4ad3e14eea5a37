"""How long workers idle in each order, by how long intervals last. A toy takes the place of training.

Prints a Markdown table: idle time of all workers, in virtual time, the mean of ten seeds.
"""

import math

import numpy as np
from orders import ORDERS
from rules import Domains
from simulate import Job, Run, usual

MEMBERS, INTERVALS, SEEDS = 20, 30, 10
WORKERS = (2, 5, 10, 20)
DOMAINS: Domains = {"rate": ("log_uniform", 1e-3, 1)}
SHOWN = ("async", "sync", "quorum50", "quorum75", "wait")


def varied(member: int, random: np.random.Generator) -> float:
    """Some intervals last several times as long as others."""
    del member
    return random.lognormal(-0.125, 0.5)


def unequal(member: int, random: np.random.Generator) -> float:
    """Members differ: the slowest needs twice as long as the fastest, always."""
    return usual(member, random) * (1 + member / (MEMBERS - 1)) / 1.5


def train(job: Job) -> None:
    """The model is how far it has come, which the rate decides; the score saturates and is noisy."""
    job.model = (job.start or 0) + math.exp(-abs(math.log(job.values["rate"] / 0.1)) / 2)
    job.score = 1 - math.exp(-job.model / 10) + 0.02 * np.random.default_rng(job.seed).normal()


def idle(order: str, workers: int, lasts) -> tuple[float, float]:
    """The mean idle time, and the mean age of the final models in parts of the budget."""
    results = []
    for seed in range(SEEDS):
        run = Run(ORDERS[order], MEMBERS, INTERVALS, INTERVALS, workers, DOMAINS, seed, lasts)
        for jobs in run.events():
            for job in jobs:
                train(job)
        ages = [member.age / INTERVALS for member in run.population.members]
        results.append((1 - run.busy / (workers * run.clock), sum(ages) / len(ages)))
    return tuple(np.mean(results, axis=0))


def main() -> None:
    """One row for each kind of duration and order."""
    print("| intervals last | order | " + " | ".join(f"{workers} workers" for workers in WORKERS) + " |")
    print("|---|---|" + "--:|" * len(WORKERS))
    for lasts, says in (
        (usual, "0.8 to 1.2"),
        (varied, "log-normal, 0.5"),
        (unequal, "members 1 to 2 times"),
    ):
        for order in SHOWN:
            cells = [idle(order, workers, lasts) for workers in WORKERS]
            row = " | ".join(f"{part:.0%} (age {age:.2f})" for part, age in cells)
            print(f"| {says} | {order} | {row} |")


if __name__ == "__main__":
    main()
