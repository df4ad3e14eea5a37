"""The dashboard beside less usual runs: a loss over powers of ten, names with blanks, no score yet."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.browser import Browser
from tests.program import Experiment, needs_program
from tests.served import TRAINER, Served, gated

pytestmark = needs_program

HYPERPARAMETERS = {
    "rate": {"log_uniform": [0.5, 0.95]},
    "layers": {"integer": [1, 4]},
    "batch size": {"ordered": [16, 32, 64]},
    "start": {"choice": ["very cold", "very"]},
}
# It waits in its first interval.
WAITING = TRAINER.replace("interval.age >= 20", "True").replace(
    "    interval.report",
    "    while pathlib.Path('gate').exists():\n        time.sleep(0.01)\n    interval.report",
)
MEMBERS = "[...document.querySelectorAll('tr[data-member]')].map((row) => Number(row.dataset.member))"


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """A finished run whose loss sinks from about 10 to less than 0.001, and a copy of it."""
    folder = tmp_path_factory.mktemp("wide")
    experiment = Experiment(folder, TRAINER, population_size=12, steps=100, hyperparameters=HYPERPARAMETERS)
    experiment.train()
    shutil.copytree(experiment.run_folder, experiment.run_folder.with_name("other"), symlinks=True)
    return experiment


@pytest.fixture(scope="module")
def served(wide: Experiment) -> Iterator[Served]:
    with Served(wide.folder, "runs") as served:
        yield served


def figure(card: str) -> str:
    """The figure in a card, as an expression of the page."""
    return f"document.querySelector('[aria-label=\"{card}\"] .plot')?.plot"


def test_a_loss_over_many_powers_of_ten_begins_on_a_logarithmic_scale(
    browser: Browser, served: Served, wide: Experiment
) -> None:
    scores = [row["score"] for row in wide.ask("export", "--format", "jsonl")]
    assert max(scores) > 100 * min(scores) > 0
    browser.open(f"{served.url}#run=test")
    assert browser.run(f"{figure('Score')}.frame.yScale.isLog")
    box = "[...document.querySelectorAll('label')].find((label) => label.innerText === 'log y').firstChild"
    assert browser.run(f"{box}.checked")
    browser.run(f"{box}.click()")
    browser.wait(f"!{figure('Score')}.frame.yScale.isLog")
    assert "ylog=0" in browser.run("location.hash")
    browser.run(f"{box}.click()")
    browser.wait(f"{figure('Score')}.frame.yScale.isLog")
    for view, card in (("values", "rate"), ("member&member=1", "Score"), ("compare", "Best score so far")):
        browser.open(f"{served.url}?{card}#run=test&view={view}")
        browser.wait(f"{figure(card)}?.frame?.yScale.isLog")
    assert browser.complaints == []


def test_an_axis_of_integers_has_integers(browser: Browser, served: Served) -> None:
    for view, card in (("schedules", "layers"), ("values", "layers"), ("values", "Values and scores")):
        browser.open(f"{served.url}?{card}#run=test&view={view}")
        browser.wait(f"document.querySelector('[aria-label=\"{card}\"] .plot')?.plot.frame")
        marks = re.findall(r"<text[^>]*>([^<]*)</text>", browser.run(f"{figure(card)}.svg('x').text()"))
        assert {"1", "2", "3", "4"} <= set(marks)
        assert not {"1.5", "2.5", "3.5"} & set(marks)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_color_can_be_told_from_what_it_is_drawn_on(served: Served, scheme: str) -> None:
    with Browser(scheme=scheme) as browser:
        browser.open(f"{served.url}#run=test")
        contrasts = browser.run(
            """import('./colours.js').then(({ theme, founderColour, colourCount }) => {
                 const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
                 const luminance = (colour) => {
                   context.fillStyle = colour;
                   context.fillRect(0, 0, 1, 1);
                   const parts = [...context.getImageData(0, 0, 1, 1).data].map((part) => part / 255);
                   const linear = (x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
                   const [r, g, b] = parts.map(linear);
                   return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                 };
                 const { shades, surface, winner } = theme();
                 const founders = Array.from({ length: colourCount }, (_, number) => founderColour(number));
                 return [...shades, ...founders, winner].map((colour) => {
                   const [a, b] = [luminance(colour), luminance(surface)].sort((a, b) => b - a);
                   return (a + 0.05) / (b + 0.05);
                 });
               })"""
        )
        assert len(contrasts) > 64
        assert min(contrasts) >= 3


def test_a_run_without_a_score_says_what_it_does(tmp_path: Path) -> None:
    experiment = Experiment(tmp_path, WAITING, hyperparameters=HYPERPARAMETERS)
    with gated(experiment) as (_, gate), Served(tmp_path, "runs/test") as served, Browser() as browser:
        facts = "document.querySelector('.facts').innerText"
        browser.open(f"{served.url}#run=test")
        # Members begin to train without a record: the page asks for it.
        browser.wait(f"{facts}.includes('2 training')")
        browser.wait(f"/time\\n[1-9]/.test({facts})")
        assert "0 workers" not in browser.run(facts)
        score = "document.querySelector('[aria-label=Score]')"
        assert "No interval has a score yet." in browser.run(f"{score}.innerText")
        assert browser.run(f"{score}.querySelector('.plot').hidden")
        for view in ("lanes", "schedules", "values"):
            browser.run(f"location.hash = '#run=test&view={view}'")
            browser.wait("document.querySelector('main').innerText === 'No interval has ended yet.'")
        gate.unlink()
        browser.wait("document.querySelector('main .plot')?.plot.frame")
        assert browser.complaints == []


def test_nobody_chooses_again_the_runs_that_were_left_out(browser: Browser, served: Served) -> None:
    browser.open(f"{served.url}#run=test&view=compare")
    boxes = "[...document.querySelectorAll('.choices input')]"
    browser.wait(f"{boxes}.filter((box) => box.checked).length === 2")
    for left in (1, 0):
        browser.run(f"{boxes}.find((box) => box.checked).click()")
        browser.wait(f"{boxes}.filter((box) => box.checked).length === {left}")
    browser.open(f"{served.url}?again{browser.run('location.hash')}")
    browser.wait(f"{boxes}.length === 2")
    assert browser.run(f"{boxes}.filter((box) => box.checked).length") == 0
    assert browser.complaints == []


def test_runs_may_have_any_name(browser: Browser, wide: Experiment, tmp_path: Path) -> None:
    names = [
        "a,b",
        "a;b",
        "a&b=c",
        "100%",
        "#1",
        "?x",
        "späte Läufe",
        "実験",
        'it\'s "so"',
        "<b>",
        "back\\slash",
    ]
    for name in [*names, "inner/a,b"]:
        shutil.copytree(wide.run_folder, tmp_path / "runs" / name, symlinks=True)
    with Served(tmp_path, "runs") as served:
        browser.ask("Page.navigate", url=served.url)
        links = "[...document.querySelectorAll('td a')]"
        browser.wait(f"{links}.length === {len(names) + 1}")
        assert set(browser.run(f"{links}.map((link) => link.textContent)")) == {*names, "inner/a,b"}
        for name in names[:2]:
            browser.run(f"{links}.find((link) => link.textContent === '{name}').click()")
            browser.wait("document.querySelectorAll('tr[data-member]').length === 12")
            assert browser.run("document.querySelector('header select').selectedOptions[0].text") == name
            browser.run("location.hash = '#'")
            browser.wait(f"{links}.length > 12 || document.querySelector('table[aria-label=Runs]')")
        browser.run(f"{links}[0].click()")
        browser.wait("document.querySelectorAll('tr[data-member]').length === 12")
        browser.press("5")
        boxes = "[...document.querySelectorAll('.choices input')]"
        chosen = f"{boxes}.filter((box) => box.checked).map((box) => box.parentNode.innerText).join()"
        browser.wait(f"{boxes}.length === {len(names) + 1}")
        for name in names[2:6]:
            browser.run(f"{boxes}.find((box) => box.parentNode.innerText === '{name}').click()")
            browser.wait(f"!{boxes}.find((box) => box.parentNode.innerText === '{name}').checked")
        before = browser.run(chosen)
        assert before.count(",") == len(names) - 2  # two of those that are left have one in their names
        browser.open(f"{served.url}?again{browser.run('location.hash')}")
        browser.wait(f"{boxes}.length === {len(names) + 1}")
        assert browser.run(chosen) == before
        assert browser.complaints == []


def test_which_decisions_are_shown_is_in_the_address(
    browser: Browser, served: Served, wide: Experiment
) -> None:
    best = wide.ask("best", "--json")["member"]
    browser.open(f"{served.url}#run=test&view=member&member={best}&decisions=all")
    shown = "document.querySelectorAll('.decisions > details').length"
    browser.wait(f"{shown} > 0")
    everything = browser.run(shown)
    browser.run(
        """(() => {
          const labels = [...document.querySelectorAll('label')];
          const list = labels.find((label) => label.innerText.startsWith('decisions')).lastChild;
          list.value = '';
          list.dispatchEvent(new Event('change'));
        })()"""
    )
    browser.wait(f"{shown} < {everything}")
    assert "decisions" not in browser.run("location.hash")


@pytest.mark.parametrize("blank", ["", " "])
def test_names_and_choices_with_blanks_can_be_filtered(
    browser: Browser, served: Served, wide: Experiment, blank: str
) -> None:
    members = wide.ask("status", "--json")["members"]
    for name, value in (("batch size", 32), ("start", "very"), ("start", "very cold")):
        wanted = [m["id"] for m in members if m["hyperparameters"][name] == value]
        words = quote(f"done {name}{blank}={blank}{value} layers>0")
        browser.open(f"{served.url}?{words}#run=test&filter={words}&sort=member&down=0")
        browser.wait(f"{MEMBERS}.length === {len(wanted)}")
        assert browser.run(MEMBERS) == wanted


def test_members_without_a_number_are_not_in_a_comparison(browser: Browser, served: Served) -> None:
    browser.open(f"{served.url}#run=test&filter=copied<1000")
    browser.wait("document.querySelector('[aria-label=Members] .quiet').textContent")
    cells = "[...document.querySelectorAll('tr[data-member]')].map((row) => row.cells[7].textContent)"
    assert all(browser.run(cells))


def test_the_focus_stays_where_a_key_was_pressed(browser: Browser, served: Served) -> None:
    browser.open(f"{served.url}#run=test")
    focused = "document.activeElement.innerText.trim()"

    def enter() -> None:
        for kind in ("keyDown", "keyUp"):
            browser.ask("Input.dispatchKeyEvent", type=kind, key="Enter", text="\r", windowsVirtualKeyCode=13)

    browser.run("[...document.querySelectorAll('th button')].find((b) => b.innerText === 'rate').focus()")
    for arrow in ("↓", "↑"):
        enter()
        browser.wait(f"{focused} === 'rate {arrow}'")
    browser.run("document.querySelector('tr[data-member] .pin').focus()")
    enter()
    browser.wait("document.activeElement.getAttribute('aria-pressed') === 'true'")
    smooth = "[...document.querySelectorAll('label')].find((l) => l.innerText.startsWith('smooth')).lastChild"
    browser.run(f"window.list = {smooth}; list.focus(); document.querySelector('main').style.width = '900px'")
    browser.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert browser.run(f"window.list === {smooth} && document.activeElement === window.list")


def test_what_has_the_focus_is_not_under_the_header(browser: Browser, served: Served) -> None:
    browser.ask(
        "Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}]
    )
    browser.open(f"{served.url}#run=test")
    # Scrolled so far that the controls of the first figure would stay where they are: under the header.
    height = browser.run("document.documentElement.scrollHeight") - 160
    browser.ask(
        "Emulation.setDeviceMetricsOverride", width=1280, height=height, deviceScaleFactor=1, mobile=False
    )
    browser.run("[...document.querySelectorAll('tr[data-member] a')].at(-1).focus()")
    place = """(() => {
      const head = document.querySelector('body > header');
      const focused = document.activeElement;
      const below = focused.getBoundingClientRect().bottom - head.getBoundingClientRect().bottom;
      return head.contains(focused) ? 'header' : below > 5 ? 'seen' : 'covered';
    })()"""
    places: list[str] = []
    while not places or places[-1] != "header":
        places.append(browser.run(place))
        for kind in ("rawKeyDown", "keyUp"):
            shift = {"key": "Tab", "windowsVirtualKeyCode": 9, "modifiers": 8}
            browser.ask("Input.dispatchKeyEvent", type=kind, **shift)
    assert len(places) > 20
    assert "covered" not in places
