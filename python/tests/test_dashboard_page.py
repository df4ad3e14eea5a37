"""What the dashboard's page makes of odd numbers, of odd links, and of members that have left."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.browser import Browser
from tests.program import Experiment, needs_program
from tests.served import TRAINER, Served, hooked

pytestmark = needs_program

HYPERPARAMETERS = {"rate": {"log_uniform": [1e-4, 1e-2]}, "flag": {"choice": [True, False]}}


@pytest.fixture(scope="module")
def shrunk(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """A finished run of eight members, five of which have left."""
    folder = tmp_path_factory.mktemp("dashboard")
    Experiment(folder, TRAINER, population_size=8, hyperparameters=HYPERPARAMETERS).train()
    experiment = Experiment(folder, TRAINER, population_size=3, steps=100, hyperparameters=HYPERPARAMETERS)
    experiment.train()
    return experiment


@pytest.fixture(scope="module")
def served(shrunk: Experiment) -> Iterator[Served]:
    with Served(shrunk.folder, "runs/test") as served:
        yield served


def hold(browser: Browser, key: str, times: int) -> None:
    """Holds a key down in the first figure."""
    browser.run(
        f"""(async () => {{
          const figure = document.querySelector('.plot canvas');
          for (let time = 0; time < {times}; time++) {{
            figure.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}' }}));
            await new Promise(requestAnimationFrame);
          }}
        }})()"""
    )


def told(browser: Browser, row: int) -> str:
    """How the tip of a row begins."""
    words: str = browser.run(
        f"""import('./run.js').then(async ({{ Run }}) => {{
          const run = new Run('test');
          await run.refresh();
          return `member ${{run.column('member')[{row}]}} · age ${{run.column('endAge')[{row}]}}`;
        }})"""
    )
    return words


def choose(browser: Browser, label: str, value: str) -> None:
    """Chooses from a list of the page."""
    browser.run(
        f"""(() => {{
          const list = [...document.querySelectorAll('label')].find((l) => l.innerText.startsWith('{label}'));
          list.lastChild.value = '{value}';
          list.lastChild.dispatchEvent(new Event('change'));
        }})()"""
    )


@pytest.mark.parametrize(
    "ends",
    [
        *("0.98, 0.9800000000000001", "1e15, 1e15 + 0.25", "-3, -3", "0, 0", "1, Infinity"),
        *("0.98, 0.98000001", "1000000, 1000000.5"),
    ],
)
def test_the_marks_of_a_scale_are_a_few_and_differ(browser: Browser, served: Served, ends: str) -> None:
    browser.open(served.url)
    marks = browser.run(
        f"import('./scale.js').then(({{ Scale }}) => new Scale({ends}).marks(8)).then((marks) =>"
        " marks.map(({ text }) => text))"
    )
    assert 4 <= len(set(marks)) == len(marks) <= 12


@pytest.mark.parametrize(("key", "address"), [("+", ""), ("-", ""), ("-", "#xlog=1")])
def test_a_zoom_ends_where_no_scale_reaches(browser: Browser, served: Served, key: str, address: str) -> None:
    browser.open(served.url + address)
    hold(browser, key, 150)
    low, high = browser.run(
        "(({ low, high }) => [low, high])(document.querySelector('.plot').plot.frame.xScale)"
    )
    assert high - low > 1e-10 * max(abs(low), abs(high))
    assert browser.complaints == []


def test_scores_that_differ_in_the_last_digit_are_drawn(browser: Browser, tmp_path: Path) -> None:
    trainer = TRAINER.replace("error=x * x", "error=0.98 if interval.seed % 2 else 0.9800000000000001")
    Experiment(tmp_path, trainer, population_size=6, steps=20, hyperparameters=HYPERPARAMETERS).train()
    with Served(tmp_path, "runs/test") as served:
        for view in ("overview", "values", "member&member=1"):
            browser.open(f"{served.url}#view={view}")
            browser.wait("document.querySelector('.plot')?.plot.frame")
    assert browser.complaints == []


def test_the_best_model_is_that_of_the_row_the_server_says(browser: Browser, served: Served) -> None:
    hooked(browser, "window.changed = (told) => (told.best && (told.best.row = 3), told);")
    browser.move(1, 1)  # off all figures
    browser.open(served.url)
    browser.run("document.querySelector('.plot canvas').focus()")
    browser.press("ArrowRight")
    assert browser.run("document.querySelector('.tip').textContent").startswith(told(browser, 3))


def test_a_model_that_was_compared_is_that_of_its_row(browser: Browser, served: Served) -> None:
    hooked(
        browser,
        """window.changed = (told) => {
             for (const { compared } of told.decisions ?? []) for (const entry of compared) entry.row = 2;
             return told;
           };""",
    )
    browser.open(f"{served.url}#view=member&member=5")
    browser.wait(
        "document.querySelectorAll('.plot').length === 2 && document.querySelectorAll('.plot')[1].plot.frame"
    )
    tip = browser.run(
        """(() => {
          const { plot } = document.querySelectorAll('.plot')[1];
          const { left, top, width } = plot.base.getBoundingClientRect();
          for (let x = 20; x < width - 20; x += 4) {
            const place = { clientX: left + x, clientY: top + plot.frame.y(0.5), pointerType: 'mouse' };
            plot.base.dispatchEvent(new PointerEvent('pointermove', place));
            if (!document.querySelector('.tip').hidden) return document.querySelector('.tip').textContent;
          }
        })()"""
    )
    assert tip.startswith(told(browser, 2))


def test_members_that_have_left_are_not_counted(browser: Browser, served: Served, shrunk: Experiment) -> None:
    figure = shrunk.folder / "founders.html"
    shrunk._output("figure", "founders", "runs/test", "--out", str(figure))
    found = re.search(r"Of (\d+) models that began fresh, (\d+) ha", figure.read_text())
    assert found
    browser.open(served.url)
    note = f"{found[2]} of {found[1]} founders ha{'s' if found[2] == '1' else 've'} descendants left"
    assert note in browser.run("document.querySelectorAll('.note')[1].textContent")
    facts = browser.run("[...document.querySelectorAll('.facts div')].map((fact) => fact.textContent)")
    assert any(fact.startswith("members3 of 3") for fact in facts), facts
    present = [m["id"] for m in shrunk.ask("status", "--json")["members"] if m["state"] != "retired"]
    rows = shrunk.ask("export", "--format", "jsonl")
    parents = {row["end_checkpoint"]: row for row in rows}
    living = set()
    for member in present:
        row = next(row for row in reversed(rows) if row["member"] == member)
        while row is not None:
            living.add(row["sequence"])
            row = parents.get(row["start_checkpoint"])
    browser.open(f"{served.url}#view=lanes")
    browser.wait("document.querySelector('main[data-view=lanes] .plot')?.plot.frame")
    svg = browser.run("document.querySelector('.plot').plot.svg('x').text()")
    faded = next(part for part in svg.split("<path ") if 'opacity="0.45"' in part)
    assert faded.count("M") == len(rows) - len(living) > 5
    best = min(row["score"] for row in rows if row["member"] in present and row["end_age"] == 100)
    shown = browser.run(
        """Promise.all(['./run.js', './progress.js'].map((name) => import(name))).then(
             async ([{ Run }, { progressOf }]) => {
               const run = new Run('test');
               await run.refresh();
               run.about.members.forEach((member) => (member.state = member.id === 1 ? 'done' : 'retired'));
               return [progressOf(run).atEnd, run.column('score')[run.lastRow(1)]];
             })"""
    )
    assert shown[0] == shown[1] != best


def test_a_link_that_is_no_longer_right_shows_what_it_can(browser: Browser, served: Served) -> None:
    for part in ("versus=a%25", "brush=%25", "pin=", "x=1,1", "toString=1", "smooth=much", "order=none"):
        browser.open(f"{served.url}#run=test&{part}")
        browser.wait("document.querySelectorAll('tr[data-member]').length === 8")
        assert "member 0" not in browser.run(
            "document.querySelector('.plot').plot.axes.legend.map((l) => l.text).join()"
        )
    assert browser.complaints == []


def test_brushes_are_as_fine_as_their_axis(browser: Browser, served: Served) -> None:
    handle = "[...document.querySelectorAll('.axis')].at(-1)"
    brush = "JSON.parse(new URLSearchParams(location.hash.slice(1)).get('brush') ?? '{}')[':score']"
    for low, high in ((0.998, 0.999), (1000.1, 1000.9)):
        browser.open(f"{served.url}?{low}#view=values&y={low},{high}")
        browser.wait(f"{handle}")
        browser.run(f"{handle}.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'ArrowUp' }}))")
        browser.wait(brush)
        assert browser.run(brush) == pytest.approx([low + 0.05 * (high - low), high], rel=1e-6)
        left, top, height = browser.run(
            f"(({{ left, top, height }}) => [left, top, height])({handle}.getBoundingClientRect())"
        )
        browser.drag((left + 14, top + height * 0.75), (left + 14, top + height * 0.5))
        browser.wait(f"Math.abs({brush}[1] - {(low + high) / 2}) < {(high - low) / 50}")
        start, end = browser.run(brush)
        assert end - start == pytest.approx((high - low) / 4, rel=0.1)
        text = browser.run(f"{handle}.getAttribute('aria-valuetext')")
        assert [float(number) for number in text.split(" to ")] == pytest.approx([start, end], rel=1e-5)


def test_what_lies_at_the_end_of_a_brush_is_in_it(
    browser: Browser, served: Served, shrunk: Experiment
) -> None:
    rows = shrunk.ask("export", "--format", "jsonl")
    low = min(row["hyperparameters"]["rate"] for row in rows)
    brush = json.dumps({"rate": [low * 1.0001, 1]})
    browser.open(f"{served.url}#view=values&brush={quote(brush)}")
    browser.wait("document.querySelector('.note').textContent")
    note = browser.run("document.querySelector('.note').textContent")
    assert note.startswith(f"{len(rows)} of {len(rows)} intervals are chosen")


def test_ranges_are_rounded_by_their_width(browser: Browser, served: Served) -> None:
    browser.open(served.url)
    ranges = [[0.00123456789, 0.5], [1.23456789, 1.23456999], [10_000_000, 10_000_001.5], [0, 1], [2, 2]]
    rounded = browser.run(
        f"import('./scale.js').then(({{ rounded }}) => {json.dumps(ranges)}.map((range) => rounded(range)))"
    )
    assert rounded == [
        [0.00123457, 0.5],
        [1.23456789, 1.23456999],
        [10_000_000, 10_000_001.5],
        [0, 1],
        [2, 2],
    ]


def test_the_filter_knows_yes_and_no(browser: Browser, served: Served, shrunk: Experiment) -> None:
    members = shrunk.ask("status", "--json")["members"]
    for flag in (True, False):
        wanted = [m["id"] for m in members if m["hyperparameters"]["flag"] is flag]
        assert 0 < len(wanted) < 8
        for word in (f"flag={str(flag).lower()}", str(flag).lower()):
            browser.open(f"{served.url}#filter={word}&sort=member&down=0")
            browser.wait(f"document.querySelectorAll('tr[data-member]').length === {len(wanted)}")
            shown = (
                "[...document.querySelectorAll('tr[data-member]')].map((row) => Number(row.dataset.member))"
            )
            assert browser.run(shown) == wanted


def test_views_do_not_take_each_others_settings(browser: Browser, served: Served) -> None:
    browser.open(f"{served.url}#view=lanes")
    browser.wait("document.querySelector('select')")
    choose(browser, "order", "kin")
    browser.wait("location.hash.includes('kin')")
    browser.press("4")
    browser.wait("document.querySelector('main').dataset.view === 'values'")
    values = (
        "[...document.querySelectorAll('main select')].map((list) => list.selectedOptions[0]?.textContent)"
    )
    browser.wait(f"{values}.length")
    assert browser.run(values) == ["all"]
    choose(browser, "intervals", "last")
    browser.press("2")
    browser.wait(f"document.querySelector('main').dataset.view === 'lanes' && {values}.length")
    assert browser.run(values)[0] == "relatives together"


def test_a_comparison_has_settings_of_its_own(browser: Browser, shrunk: Experiment) -> None:
    shutil.copytree(shrunk.run_folder, shrunk.run_folder.with_name("other"), symlinks=True)
    with Served(shrunk.folder, "runs") as served:
        browser.open(f"{served.url}#run=test&view=overview&all=1")
        browser.press("5")
        browser.wait("document.querySelector('main').dataset.view === 'compare'")
        labels = "[...document.querySelectorAll('label')]"
        box = f"{labels}.find((label) => label.innerText === 'from the beginning')?.firstChild"
        browser.wait(box)
        assert not browser.run(f"{box}.checked")


def test_evidence_is_in_words(browser: Browser, served: Served) -> None:
    hooked(
        browser,
        """window.changed = (told) => {
             const evidence = { share_better: 0.6666, at: '<b>' };
             if (told.findings) told.findings = [{ kind: 'x', severity: 'note', sentence: 'So.', evidence }];
             return told;
           };""",
    )
    browser.open(f"{served.url}#view=findings")
    browser.wait("document.querySelector('.finding')")
    cells = "[...document.querySelectorAll('.finding th, .finding td')].map((cell) => cell.textContent)"
    assert browser.run(cells) == ["share better", "0.6666", "at", "<b>"]


def test_a_page_that_nobody_sees_keeps_no_connection(browser: Browser, served: Served) -> None:
    """A browser has six to a server: pages in other tabs would take them all."""
    browser.open(served.url)
    browser.wait("document.body.dataset.drawn > 0")
    browser.run(
        """(() => {
          window.open = 1;
          const close = EventSource.prototype.close;
          EventSource.prototype.close = function () { window.open--; close.call(this); };
          window.EventSource = class extends EventSource {
            constructor(url) { super(url); window.open++; }
          };
          window.see = (isHidden) => {
            Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
            document.dispatchEvent(new Event('visibilitychange'));
            return window.open;
          };
        })()"""
    )
    seen = [browser.run(f"see({is_hidden})") for is_hidden in ("true", "true", "false", "true", "false")]
    assert seen == [0, 0, 1, 0, 1]


def test_the_founder_strip_leads_to_the_founder_that_is_there(browser: Browser, served: Served) -> None:
    browser.open(served.url)
    browser.wait("document.querySelectorAll('.plot')[1]?.plot.frame")
    tips = browser.run(
        """(() => {
          const { plot } = document.querySelectorAll('.plot')[1];
          const { left, top, height } = plot.frame.area;
          return [0.95, 0.5, 0.05].map((part) => {
            plot.on.point(left + 3, top + height * part);
            return document.querySelector('.tip b').textContent;
          });
        })()"""
    )
    assert len(set(tips)) == 3  # all have models at first
    assert browser.complaints == []
