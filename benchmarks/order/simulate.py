"""One run in virtual time: workers, and intervals that last differently long."""

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
from orders import Order
from rules import Domains, Values, stream

from population import TRAIN, Member, Population


def usual(member: int, random: np.random.Generator) -> float:
    """How long an interval lasts: 1 on average, from 0.8 to 1.2."""
    del member
    return random.uniform(0.8, 1.2)


@dataclass
class Job:
    """An interval to be trained for real; who runs the simulation fills in what came of it."""

    member: int
    steps: int  # before it
    start: Any  # model
    values: Values
    seed: int
    model: Any = None
    score: float | None = None


class Run:
    """The simulation of one way to order decisions."""

    def __init__(
        self,
        order: Order,
        size: int,
        budget: int,
        steps: int,
        workers: int,
        domains: Domains,
        seed: int,
        lasts: Callable[[int, np.random.Generator], float] = usual,
    ) -> None:
        self.population = Population(size, budget, domains, order, seed)
        self.order, self.workers, self.seed, self.lasts = order, workers, seed, lasts
        self.left = size * steps  # intervals that may still begin
        self.trained, self.clock, self.busy = 0, 0.0, 0.0

    def events(self) -> Generator[list[Job], None, None]:
        """Go from event to event; yield jobs whose results are needed now."""
        population, active = self.population, []
        while True:
            while len(active) < self.workers and (member := self.next_member()):
                heapq.heappush(active, self.begin(member))
            if not active:
                return
            if active[0][2].score is None:
                yield [job for _, _, job in active if job.score is None]
            self.clock, _, job = heapq.heappop(active)
            member = population.members[job.member]
            population.record(member, job.model, job.score)
            self.trained += 1
            if self.left <= 0:
                member.state = "done"  # nothing begins any more
            elif self.order.decides_when_leased and member.state == "due":
                member.state = "ready"
                continue
            population.decide()

    def next_member(self) -> Member | None:
        """The least advanced that is ready, by id where several are."""
        ready = [member for member in self.population.members if member.state == "ready"]
        by_age = self.order.counts_age
        if not ready or self.left <= 0:
            return None
        return min(ready, key=lambda member: (member.age if by_age else member.steps, member.id))

    def begin(self, member: Member) -> tuple[float, int, Job]:
        """A worker takes a member."""
        if self.order.decides_when_leased and member.steps > 0:
            self.population.apply(member, self.population.judge(member)[1])
        member.state = "training"
        self.left -= 1
        random = stream(self.seed, member.id, member.steps, TRAIN)
        duration = self.lasts(member.id, random)
        self.busy += duration
        seed = int(random.integers(2**32))
        job = Job(member.id, member.steps, member.model, member.values, seed)
        return self.clock + duration, member.id, job
