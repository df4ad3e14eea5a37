"""Members, who decides what, and what becomes of it."""

from dataclasses import dataclass, field, replace

from orders import Order
from rules import Domains, Published, Values, ends, perturbed, sample, stream

JOIN, EXPLOIT, EXPLORE, TRAIN, TIE = range(5)  # what random numbers are for


@dataclass
class Member:
    """What a member is now. Steps and ages are counted in intervals."""

    id: int
    values: Values
    founder: int
    model: object = None  # none: it begins with a fresh one
    steps: int = 0
    age: int = 0
    decisions: int = 0
    state: str = "ready"  # ready, training, due or done
    published: Published | None = None  # none: it has no score of its own
    scores: list[Published] = field(default_factory=list)  # its own since it last copied


@dataclass
class Counts:
    """What is counted of decisions."""

    decisions: int = 0
    copies: int = 0
    younger: int = 0  # copies of models younger than the one that was given up
    older: int = 0


class Population:
    """The members of one run, and the rules by which they decide."""

    def __init__(self, size: int, budget: int, domains: Domains, order: Order, seed: int) -> None:
        self.budget, self.domains, self.order, self.seed = budget, domains, order, seed
        self.members = [Member(i, sample(domains, stream(seed, i, 0, JOIN)), i) for i in range(size)]
        self.counts = Counts()
        self.best: Published | None = None

    def done(self, member: Member) -> bool:
        """Whether its budget is used."""
        return (member.age if self.order.counts_age else member.steps) >= self.budget

    def record(self, member: Member, model: object, score: float) -> None:
        """An interval has ended; a score that is no number counts as none."""
        member.steps, member.age, member.model = member.steps + 1, member.age + 1, model
        member.published = None
        if score == score:
            tie = stream(self.seed, member.id, member.steps, TIE).random()
            member.published = Published(
                score, tie, member.id, member.age, member.values, model, member.founder
            )
            member.scores = [*member.scores, member.published]
            if self.best is None or score > self.best.score:
                self.best = member.published
        member.state = "done" if self.done(member) else "due" if self.order.copies else "ready"

    def decide(self) -> None:
        """Let those decide that are due and need not wait."""
        due = [member for member in self.members if member.state == "due"]
        training = sum(member.state in ("ready", "training") for member in self.members)
        if len(due) < self.order.quorum * (len(due) + training) - 1e-9:
            return
        frozen = [(member, self.judge(member)) for member in due]
        for member, (waits, donor) in frozen:
            if not waits:
                self.apply(member, donor)
        if due and not any(member.state in ("ready", "training") for member in self.members):
            for member in due:  # all wait for each other
                if member.state == "due":
                    self.apply(member, None)

    def judge(self, member: Member) -> tuple[bool, Published | None]:
        """Whether a member must wait, and whom it copies otherwise."""
        seen = [self.seen(other, member) for other in self.members]
        ranking = sorted(filter(None, seen), key=lambda published: (-published.score, published.tie))
        count = ends(ranking, len(self.members))
        random = stream(self.seed, member.id, member.decisions + 1, EXPLOIT)
        if member.published is None:
            count = count or 1
            return False, self.of_age(ranking[random.integers(count)], member) if ranking else None
        if not count or member.id not in {loser.member for loser in ranking[-count:]}:
            return False, None
        donors = ranking[:count]
        if self.order.waits_for_older:
            donors = [donor for donor in donors if donor.age >= member.age]
        if not donors:
            return True, None
        return False, self.of_age(donors[random.integers(len(donors))], member)

    def seen(self, other: Member, member: Member) -> Published | None:
        """As what another is ranked: its latest score, or the latest at an age not above one's own."""
        if not self.order.equal_age or member.published is None:
            return other.published
        return next((score for score in reversed(other.scores) if score.age <= member.age), None)

    def of_age(self, donor: Published, member: Member) -> Published:
        """The kept checkpoint of a donor whose age is nearest to the member's, not above if there is one."""
        kept = self.members[donor.member].scores[-self.order.kept :]
        not_above = [score for score in kept if score.age <= member.age]
        return not_above[-1] if not_above else kept[0]

    def apply(self, member: Member, donor: Published | None) -> None:
        """A member stays as it is, or copies and explores; without a score or a donor it begins anew."""
        member.decisions, member.state = member.decisions + 1, "ready"
        self.counts.decisions += 1
        names = (self.seed, member.id, member.decisions)
        if donor is None and member.published is not None:
            return
        if donor is None:
            fresh = Member(member.id, sample(self.domains, stream(*names, JOIN)), member.id)
            copy = replace(fresh, steps=member.steps, decisions=member.decisions)
        else:
            self.counts.copies += 1
            self.counts.younger += donor.age < member.age
            self.counts.older += donor.age > member.age
            values = perturbed(donor.values, self.domains, stream(*names, EXPLORE))
            copy = replace(member, values=values, founder=donor.founder, model=donor.model, age=donor.age)
        self.members[member.id].__dict__.update(copy.__dict__ | {"published": None, "scores": []})
