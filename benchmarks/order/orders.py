"""When a member decides, and whom it may copy: the ways that are compared."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    """One way. Without any of these it is asynchronous: a member decides as soon as its interval ends."""

    says: str
    copies: bool = True  # otherwise random search
    quorum: float = 0  # the share of those that still train that must be due before all due decide together
    decides_when_leased: bool = False  # it decides when a worker takes it, not when its interval ends
    waits_for_older: bool = False  # a loser copies only donors at least as old; until there is one, it waits
    kept: int = 1  # checkpoints of a donor; the one nearest to the copying member's age, not above, is copied
    equal_age: bool = False  # others are ranked by their latest score at an age not above one's own
    counts_age: bool = False  # the budget is the model's age, and the youngest model is trained first


ORDERS = {
    "none": Order("nobody copies (random search)", copies=False),
    "async": Order("asynchronous, as today"),
    "sync": Order("synchronous: a barrier", quorum=1),
    "quorum25": Order("a quorum of 0.25", quorum=0.25),
    "quorum50": Order("a quorum of 0.5", quorum=0.5),
    "quorum75": Order("a quorum of 0.75", quorum=0.75),
    "kept": Order("asynchronous, three checkpoints kept, ranked by latest scores", kept=3),
    "kept_equal": Order("asynchronous, three checkpoints kept, ranked at equal age", kept=3, equal_age=True),
    "age_full": Order("asynchronous, the budget is the model's age, within all steps", counts_age=True),
    "age_less": Order("the same with a smaller age, which takes about all steps", counts_age=True),
    "wait": Order("asynchronous, a loser waits for a donor at least as old", waits_for_older=True),
    "wait_kept": Order("the same, and copies a checkpoint of its own age", waits_for_older=True, kept=3),
    "leased": Order("asynchronous, decides when a worker takes it", decides_when_leased=True),
}
