"""Steps: what is handed out, how many are reported, and when a loop ends early."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy
import pytest

import poptrain
from tests.conftest import save
from tests.engine import FakeEngine, ManualClock

Begin = Callable[..., poptrain.Interval]


def reported(engine: FakeEngine) -> object:
    """The steps of the `done` message, "all" where it has none."""
    done = engine.answer()[-1]
    assert done["type"] == "done"
    return done.get("steps", "all")


def test_steps_are_the_ages_from_start_to_stop(begin: Begin) -> None:
    interval = begin(start=60, stop=65)
    assert len(interval.steps) == 5
    ages = []
    for step in interval.steps:
        assert interval.step == step
        assert not interval.done
        ages.append(step)
    assert ages == [60, 61, 62, 63, 64]
    assert interval.step == 65
    assert interval.done
    assert list(interval.steps) == []
    assert len(interval.steps) == 0


def test_a_loop_that_was_left_goes_on_after_the_step_it_had(begin: Begin) -> None:
    interval = begin(start=60, stop=65)
    for step in interval.steps:
        if step == 61:
            break
    assert interval.step == 62
    assert list(interval.steps) == [62, 63, 64]


def test_advance_and_steps_count_together(begin: Begin) -> None:
    interval = begin(start=0, stop=10)
    interval.advance()
    interval.advance(numpy.int64(3))
    seen = []
    for step in interval.steps:
        seen.append(step)
        if step == 5:
            interval.advance(2)
    assert seen == [4, 5, 8, 9]


@pytest.mark.parametrize("n", [-1, -100])
def test_an_age_never_goes_back(begin: Begin, n: int) -> None:
    with pytest.raises(ValueError, match="never goes back"):
        begin().advance(n)


def test_advance_takes_whole_steps_only(begin: Begin) -> None:
    with pytest.raises(TypeError):
        begin().advance(1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("take", "given", "expected"),
    [
        (1, None, 1),
        (9, None, 9),
        (10, None, "all"),
        (12, None, 12),  # a rollout that overshoots
        (3, 7, 7),
        (0, 4, 4),
        (10, numpy.int32(11), 11),
    ],
)
def test_the_steps_that_are_reported(
    begin: Begin, engine: FakeEngine, take: int, given: int | None, expected: object
) -> None:
    interval = begin(start=60, stop=70)
    interval.advance(take)
    save(interval)
    interval.report(accuracy=0.5, steps=given)
    assert reported(engine) == expected


@pytest.mark.parametrize(
    ("take", "given", "counted"),
    [
        (10, 3, 10),
        (3, 10, 3),
        (0, 10, None),  # nothing was counted
        (10, 10, None),
        (10, 9, None),  # the step at hand was not trained
        (10, None, None),
        (4, None, None),
    ],
)
def test_what_was_counted_is_told_where_the_report_says_otherwise(
    begin: Begin, engine: FakeEngine, take: int, given: int | None, counted: int | None
) -> None:
    interval = begin(start=60, stop=70)
    interval.advance(take)
    save(interval)
    interval.report(accuracy=0.5, steps=given)
    assert engine.answer()[-1].get("counted") == counted


def test_an_evaluation_that_counts_steps_cannot_hide_them(begin: Begin, engine: FakeEngine) -> None:
    interval = begin(kind="evaluate", start=60, stop=60)
    interval.advance(5)
    interval.report(accuracy=0.5, steps=0)
    assert engine.answer()[-1]["counted"] == 5


def test_a_step_handed_out_counts_as_trained(begin: Begin, engine: FakeEngine) -> None:
    interval = begin(start=60, stop=70)
    for step in interval.steps:
        if step == 62:
            break
    save(interval)
    interval.report(accuracy=0.5)
    assert reported(engine) == 3


def test_a_report_within_the_loop_counts_the_step_at_hand(begin: Begin, engine: FakeEngine) -> None:
    interval = begin(start=60, stop=70)
    for step in interval.steps:
        if step == 62:
            save(interval)
            interval.report(accuracy=0.5)
            break
    assert reported(engine) == 3


def test_any_mixture_of_loops_and_advances_is_counted(begin: Begin, engine: FakeEngine) -> None:
    random_number = random.Random(7)
    for _ in range(200):
        start = random_number.randrange(1000)
        length = random_number.randrange(1, 30)
        interval = begin(start=start, stop=start + length)
        taken = 0
        for _ in range(random_number.randrange(4)):
            if random_number.random() < 0.5:
                n = random_number.randrange(5)
                interval.advance(n)
                taken += n
            else:
                leave_after = random_number.randrange(1, 8)
                for position, step in enumerate(interval.steps, start=1):
                    assert step == start + taken
                    taken += 1
                    if position == leave_after:
                        break
            assert interval.step == start + taken
            assert interval.done == (taken >= length)
        if taken == 0:
            interval.fail("nothing to report")
            engine.answer()
            continue
        save(interval)
        interval.report(accuracy=0.5)
        assert reported(engine) == ("all" if taken == length else taken)


@pytest.mark.parametrize(
    ("take", "steps", "complaint"),
    [
        (0, None, r"no steps were trained: 10 were asked for, 0 were counted\. Loop over interval\.steps"),
        (0, 0, "10 were asked for, 0 were counted, and report says steps=0"),
        (4, 0, "10 were asked for, 4 were counted, and report says steps=0"),
        (10, -3, "10 were asked for, 10 were counted, and report says steps=-3"),
    ],
)
def test_no_steps_are_no_interval(
    begin: Begin, engine: FakeEngine, take: int, steps: int | None, complaint: str
) -> None:
    interval = begin(start=60, stop=70)
    interval.advance(take)
    save(interval)
    with pytest.raises(poptrain.Error, match=complaint) as caught:
        interval.report(accuracy=0.5, steps=steps)
    for remedy in ("interval.advance()", "report(..., steps=n)", "max_steps", "interval.horizon"):
        assert remedy in str(caught.value)
    assert engine.unread() == [
        {"type": "failed", "interval": "3-1-token", "message": str(caught.value), "retry": False}
    ]


def test_steps_that_are_no_whole_number_point_to_the_dictionary(begin: Begin) -> None:
    interval = begin()
    save(interval)
    with pytest.raises(TypeError, match=r"report\(\{'steps'"):
        interval.report(accuracy=0.5, steps=0.25)  # type: ignore[arg-type]


def test_a_metric_may_be_called_steps(begin: Begin, engine: FakeEngine) -> None:
    interval = begin()
    interval.advance(10)
    save(interval)
    interval.report({"accuracy": 0.5, "steps": 0.25})
    done = engine.answer()[-1]
    assert done["metrics"] == {"accuracy": 0.5, "steps": 0.25}
    assert "steps" not in done


@pytest.mark.parametrize(
    ("start", "stop", "total_steps", "horizon"),
    [(0, 10, 100, 100), (90, 100, 100, 100), (100, 115, 100, 115)],
)
def test_the_horizon_is_never_behind_the_interval(
    begin: Begin, start: int, stop: int, total_steps: int, horizon: int
) -> None:
    assert begin(start=start, stop=stop, total_steps=total_steps).horizon == horizon


def test_a_members_own_steps_never_go_back(begin: Begin, engine: FakeEngine) -> None:
    first = begin(start=0, stop=10, member_steps=0, donor=None)
    first.advance(10)
    assert (first.member_start, first.member_step, first.donor, first.is_copy) == (0, 10, None, False)
    save(first)
    first.report(accuracy=0.5)
    copy = begin(start=5, stop=15, member_steps=10, donor=0)
    assert (copy.member_start, copy.donor, copy.is_copy) == (10, 0, True)
    assert [copy.member_step for _ in copy.steps] == list(range(10, 20))
    assert (copy.step, copy.member_step) == (15, 20)


def test_an_older_engine_does_not_say_them(begin: Begin) -> None:
    interval = begin(start=60, stop=70)
    assert (interval.member_start, interval.donor, interval.is_copy) == (60, None, False)


# Stopping


def test_stop_requested_does_not_wait_and_is_seen_when_it_comes(begin: Begin, engine: FakeEngine) -> None:
    interval = begin(stop=100)
    for step in interval.steps:
        if step == 4:
            assert not interval.stop_requested
            engine.send("stop_requested")
        if interval.stop_requested:
            break
    assert interval.stop_requested
    save(interval)
    interval.report(accuracy=0.5)
    assert reported(engine) == 5


@pytest.mark.parametrize("how", ["end", "hang up"])
def test_an_engine_that_ends_or_goes_asks_to_stop(begin: Begin, engine: FakeEngine, how: str) -> None:
    interval = begin()
    if how == "end":
        engine.send("end")
    else:
        engine.hang_up()
    assert interval.stop_requested


def test_a_preempted_loop_ends_by_itself_after_one_step_at_least(begin: Begin, engine: FakeEngine) -> None:
    interval = begin(start=60, stop=10**9)
    engine.send("stop_requested", save=True)
    ages = list(interval.steps)
    assert ages == [60]
    assert interval.done
    save(interval)
    interval.report(accuracy=0.5)
    assert reported(engine) == 1


def test_a_preemption_is_seen_at_the_next_look(begin: Begin, engine: FakeEngine, clock: ManualClock) -> None:
    interval = begin(stop=100)
    for step in interval.steps:
        if step == 3:
            engine.send("stop_requested", save=True)
        if step == 9:
            clock.now += 3600
    assert interval.step == 10
    save(interval)
    interval.report(accuracy=0.5)
    assert reported(engine) == 10


def test_after_a_trainer_has_asked_the_loop_looks_at_once(begin: Begin, engine: FakeEngine) -> None:
    interval = begin(stop=100)
    for step in interval.steps:
        if step == 3:
            engine.send("stop_requested", save=True)
            assert interval.stop_requested
    assert interval.step == 4


def test_a_loop_is_not_cut_short_when_the_run_merely_stops(begin: Begin, engine: FakeEngine) -> None:
    interval = begin(stop=100)
    engine.send("stop_requested")
    for _ in interval.steps:
        assert interval.stop_requested
    assert interval.step == 100
