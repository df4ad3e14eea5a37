"""The dashboard in a real browser, beside real runs."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as xml
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import Browser
from tests.program import Experiment, needs_program
from tests.served import Served, gated

pytestmark = needs_program

TRAINER = """
import pathlib, time
import poptrain

for interval in poptrain.intervals():
    x = float((interval.checkpoint / "x").read_text()) if interval.checkpoint else 4.0 + interval["offset"]
    for step in interval.steps:
        x -= interval["rate"] * 2 * x
    (interval.save_to / "x").write_text(str(x))
    interval.report(error=x * x)
    gate = pathlib.Path("gate")
    while interval.age >= 40 and gate.exists():
        time.sleep(0.01)
"""
HYPERPARAMETERS = {
    "rate": {"log_uniform": [1e-4, 1e-2]},
    "offset": {"uniform": [0, 1]},
    "kind": {"choice": ["<b>bold</b>", "plain"]},
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """A finished run of six members."""
    folder = tmp_path_factory.mktemp("dashboard")
    experiment = Experiment(folder, TRAINER, population_size=6, steps=100, hyperparameters=HYPERPARAMETERS)
    experiment.train()
    return experiment


@pytest.fixture(scope="module")
def served(trained: Experiment) -> Iterator[Served]:
    with Served(trained.folder, "runs/test") as served:
        yield served


@pytest.fixture(scope="module")
def shared_browser() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture
def browser(shared_browser: Browser, served: Served) -> Iterator[Browser]:
    """One that has nothing to complain of, and asks nobody but the dashboard."""
    shared_browser.complaints.clear()
    shared_browser.requests.clear()
    yield shared_browser
    assert shared_browser.complaints == []
    assert all(request == "data:," or request.startswith(served.url) for request in shared_browser.requests)


def drawing(browser: Browser, number: int) -> xml.Element:
    """A figure of the page, as the file that it saves."""
    text = browser.run(f"document.querySelectorAll('.plot')[{number}].plot.svg('figure').text()")
    return xml.fromstring(text)


def paths(figure: xml.Element) -> list[xml.Element]:
    return list(figure.iter("{http://www.w3.org/2000/svg}path"))


def test_the_curves_have_a_line_for_each_member_and_a_point_for_each_interval(
    browser: Browser, served: Served, trained: Experiment
) -> None:
    browser.open(f"{served.url}#view=overview&all=1")
    rows = trained.ask("export", "--format", "jsonl")
    lines = [path for path in paths(drawing(browser, 0)) if path.get("stroke") == "#9a9a9a"]
    members = [path.get("d", "") for path in lines if path.get("opacity") is not None]
    # The legend has a thin line, too, without opacity.
    assert len(members) == 6
    # A line leads to each interval but the first of each member.
    assert sum(path.count("L") for path in members) == len(rows) - 6
    winner = [path for path in paths(drawing(browser, 0)) if path.get("stroke-width") == "2.5"]
    schedule = trained.ask("schedule", "--json")["schedule"]
    assert max(path.get("d", "").count("L") for path in winner) == len(rows) // 6 - 1 >= len(schedule) - 1


def test_the_pointer_tells_the_value_under_it_and_a_click_leads_to_the_member(
    browser: Browser, served: Served, trained: Experiment
) -> None:
    browser.open(f"{served.url}#view=overview&all=1")
    for row in trained.ask("export", "--format", "jsonl")[-6:]:
        x, y = browser.run(
            f"""(() => {{
              const {{ plot }} = document.querySelector('.plot');
              const box = plot.base.getBoundingClientRect();
              return [box.left + plot.frame.x({row["end_age"]}), box.top + plot.frame.y({row["score"]})];
            }})()"""
        )
        browser.move(x, y)
        browser.wait("!document.querySelector('.tip').hidden")
        tip = browser.run("document.querySelector('.tip').textContent")
        # Where several lie on one pixel, any of them may be told.
        shown = f"import('./scale.js').then(({{ short }}) => short({row['score']}))"
        assert f"age {row['end_age']}error {browser.run(shown)}" in tip
        member = int(re.findall(r"member (\d+)", tip)[0])
    browser.click(x, y)
    browser.wait("location.hash.includes('view=member')")
    assert f"member={member}" in browser.run("location.hash")


def test_keys_walk_through_the_intervals_and_into_a_member(
    browser: Browser, served: Served, trained: Experiment
) -> None:
    browser.move(1, 1)  # off all figures, where a test before may have left it
    browser.open(f"{served.url}#view=overview&all=1")
    browser.run("document.querySelector('.plot canvas').focus()")
    rows = trained.ask("export", "--format", "jsonl")

    def press(key: str) -> tuple[int, int]:
        """The member and age that are told after a key, to the eye and to a screen reader."""
        browser.press(key)
        told = browser.run("document.querySelector('.tip').textContent")
        found = re.match(r"member (\d+) · age (\d+)", told)
        assert found
        assert f"{found[0]}, error" in browser.run("document.querySelector('.spoken').textContent")
        return int(found[1]), int(found[2])

    best = trained.ask("best", "--json")
    assert press("ArrowRight") == (best["member"], best["age"])
    for _ in range(6):
        member, _ = press("ArrowUp")
    assert member == 0
    for member in range(6):
        ages = [row["end_age"] for row in rows if row["member"] == member]
        for _ in ages:
            press("ArrowLeft")
        assert [press("ArrowRight") for _ in ages[1:]] == [(member, age) for age in ages[1:]]
        assert press("ArrowRight") == (member, ages[-1])
        press("ArrowDown")
    browser.press("Enter")
    browser.wait("location.hash.includes('view=member')")
    assert "member=5" in browser.run("location.hash")


def test_the_table_sorts_filters_and_lights_up(browser: Browser, served: Served, trained: Experiment) -> None:
    browser.open(f"{served.url}#view=overview")
    browser.wait("document.querySelectorAll('tr[data-member]').length === 6")
    column = "[...document.querySelectorAll('tr[data-member]')].map((row) => Number(row.dataset.member))"
    status = trained.ask("status", "--json")
    by_score = sorted(status["members"], key=lambda member: (member["score"], member["id"]))
    assert browser.run(column) == [member["id"] for member in by_score]
    browser.run(
        "[...document.querySelectorAll('th button')].find((b) => b.textContent.startsWith('rate')).click()"
    )
    by_rate = sorted(status["members"], key=lambda m: (-m["hyperparameters"]["rate"], m["id"]))
    browser.wait(
        f"JSON.stringify({column}) === '{json.dumps([m['id'] for m in by_rate], separators=(',', ':'))}'"
    )
    limit = by_rate[2]["hyperparameters"]["rate"]
    browser.run(
        f"""(() => {{
          const field = document.querySelector('[data-filter]');
          field.value = 'rate>{limit!r}';
          field.dispatchEvent(new Event('input'));
        }})()"""
    )
    above = [m["id"] for m in by_rate if m["hyperparameters"]["rate"] > limit]
    browser.wait(f"JSON.stringify({column}) === '{json.dumps(above, separators=(',', ':'))}'")


def test_what_a_run_says_is_never_markup(browser: Browser, served: Served) -> None:
    browser.open(f"{served.url}#view=overview")
    browser.wait("document.querySelectorAll('tr[data-member]').length === 6")
    assert browser.run("document.querySelectorAll('td b').length") == 0
    assert "<b>bold</b>" in browser.run("document.body.textContent")


def test_a_view_is_in_the_address(browser: Browser, served: Served) -> None:
    browser.open(f"{served.url}#view=overview&x=20,60&smooth=0.6")
    browser.wait("document.querySelector('.plot').plot.frame.xScale.low === 20")
    left, top, width, height = browser.run(
        """(() => {
          const { plot } = document.querySelector('.plot');
          const box = plot.base.getBoundingClientRect();
          const { left, top, width, height } = plot.frame.area;
          return [box.left + left, box.top + top, width, height];
        })()"""
    )
    middle = top + height / 2
    browser.drag((left + width / 4, middle), (left + width * 3 / 4, middle))
    browser.wait("Math.abs(document.querySelector('.plot').plot.frame.xScale.low - 30) < 0.5")
    assert "x=30" in browser.run("location.hash")
    browser.press("Escape")
    browser.wait("document.querySelector('.plot').plot.frame.xScale.low === 0")
    browser.press("2")
    browser.wait(
        "location.hash.includes('view=lanes') && document.querySelector('main').dataset.view === 'lanes'"
    )


def test_a_long_run_is_shown_before_its_rows_have_arrived(served: Served) -> None:
    with Browser() as browser:
        # The rows are held back, and the run says that it is long.
        browser.ask(
            "Page.addScriptToEvaluateOnNewDocument",
            source="""
              const ask = window.fetch;
              window.fetch = async (url, ...rest) => {
                if (url.includes("rows?")) await new Promise((go) => (window.release = go));
                const answer = await ask(url, ...rest);
                if (!url.endsWith("run.json")) return answer;
                return Response.json({ ...(await answer.json()), intervals: 200_000 });
              };
            """,
        )
        browser.open(f"{served.url}#view=overview")
        assert "Loading" in browser.run("document.querySelector('.note').textContent")
        bands = "document.querySelector('.plot').plot.svg('x').text().then((x) => x.includes('range, 80 %'))"
        assert browser.run(bands)
        winner = [path for path in paths(drawing(browser, 0)) if path.get("stroke-width") == "2.5"]
        scale = "Object.values(document.querySelector('.plot').plot.frame.yScale).join()"
        usual = browser.run(scale)
        # What cannot be drawn yet says so, and nothing is pointed at.
        browser.run("location.hash = '#view=lanes'")
        browser.wait("document.querySelector('main').textContent === 'Loading…'")
        browser.run("location.hash = '#view=overview'")
        browser.wait("document.querySelectorAll('tr[data-member]').length === 6")
        browser.wait("Boolean(window.release)")
        browser.run("window.release()")
        browser.wait("document.body.dataset.drawn === '1'")
        assert not browser.run(bands)
        whole = [path for path in paths(drawing(browser, 0)) if path.get("stroke-width") == "2.5"]
        assert [path.get("d") for path in winner] == [path.get("d") for path in whole]
        assert browser.run(scale) == usual
        assert browser.complaints == []


@pytest.mark.parametrize("view", ["overview", "lanes", "schedules", "values", "findings", "member"])
def test_every_view_draws_in_light_dark_and_on_a_phone(served: Served, view: str) -> None:
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light")):
        with Browser(width, 800, scheme=scheme, phone=width < 500) as browser:
            browser.open(f"{served.url}#view={view}&member=3")
            browser.wait(f"document.querySelector('main').dataset.view === '{view}'")
            browser.wait("document.querySelector('main .card')")
            assert browser.run("document.documentElement.scrollWidth <= innerWidth"), (view, width)
            assert "colour" not in browser.run("document.body.innerText"), "the spelling of the documents"
            assert browser.complaints == []


def test_a_run_that_goes_on_is_followed(tmp_path: Path) -> None:
    experiment = Experiment(tmp_path, TRAINER, population_size=4, steps=100, hyperparameters=HYPERPARAMETERS)
    with gated(experiment) as (_, gate), Served(tmp_path, "runs/test") as served, Browser() as browser:
        browser.open(f"{served.url}#view=overview")
        browser.wait("document.querySelector('.pill').textContent === 'running'")
        best = "document.querySelector('.facts b').textContent"
        assert browser.run(best) != "100 %"
        gate.unlink()
        browser.wait(f"{best} === '100 %'")
        browser.wait("document.querySelector('.pill').textContent === 'finished'")
        longest = "document.querySelector('.plot').plot.svg('x').text()"
        assert browser.run(longest).count("<path") > 6
        assert browser.complaints == []


def axe() -> str | None:
    """The accessibility checker, where it is installed."""
    try:
        import axe_core_python
    except ImportError:
        return None
    return (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()


@pytest.mark.skipif(axe() is None, reason="axe is not installed: pip install axe-core-python")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", ["overview", "lanes", "schedules", "values", "findings", "member"])
def test_nothing_keeps_anybody_out(served: Served, view: str, scheme: str) -> None:
    with Browser(scheme=scheme) as browser:
        browser.open(f"{served.url}#view={view}&member=3")
        browser.wait("document.querySelector('main .card')")
        assert barriers(browser) == []


def barriers(browser: Browser) -> list[tuple[str, list[Any]]]:
    """What the accessibility checker has to say of a page, and of which elements."""
    browser.run(axe() or "")
    found: list[dict[str, Any]] = browser.run("axe.run().then((result) => result.violations)")
    return [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two rules with the same two seeds, and another experiment."""
    folder = tmp_path_factory.mktemp("compared")
    for name, rule, seed in (
        ("a", "truncation", 1),
        ("a", "truncation", 2),
        ("a", "none", 1),
        ("b", "none", 2),
    ):
        keys = {"name": name, "exploit": rule, "seed": seed, "steps": 40, "hyperparameters": HYPERPARAMETERS}
        experiment = Experiment(folder, TRAINER, **keys)
        experiment.train()
        (folder / "runs" / name).rename(folder / "runs" / f"{name}-{rule}-{seed}")
    with Served(folder, "runs") as served:
        yield served


@pytest.mark.skipif(axe() is None, reason="axe is not installed: pip install axe-core-python")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_out_of_comparisons(compared: Served, scheme: str) -> None:
    one, pair = "a-truncation-1", "a-truncation-1,a-none-1"
    several = f"{pair},a-truncation-2,b-none-2"
    with Browser(scheme=scheme) as browser:
        for runs, rows, pairings in (("", 0, 0), (one, 1, 0), (pair, 2, 1), (several, 5, 2)):
            browser.open(f"{compared.url}?{runs}#run={one}&view=compare&versus={runs}")
            for part, count in (("[aria-label=Results] tbody tr", rows), (".pairing", pairings)):
                browser.wait(f"document.querySelectorAll('{part}').length === {count}")
            assert barriers(browser) == [], runs
        assert browser.complaints == []
