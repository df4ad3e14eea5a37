"""A request of the dashboard's page that fails is made again, and the page says meanwhile what is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import Browser
from tests.engine import PATIENCE
from tests.program import Experiment, needs_program
from tests.served import TRAINER, Served, gated, hooked

pytestmark = needs_program

HYPERPARAMETERS = {"rate": {"log_uniform": [1e-4, 1e-2]}}
PILL = "document.querySelector('.pill').textContent"
FAIL = "window.before = (url) => window.fails?.test(url) && Promise.reject(new TypeError('no network'));"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two finished runs."""
    folder = tmp_path_factory.mktemp("dashboard")
    Experiment(folder, TRAINER, hyperparameters=HYPERPARAMETERS).train()
    shutil.copytree(folder / "runs/test", folder / "runs/other", symlinks=True)
    with Served(folder, "runs") as served:
        yield served


def test_a_page_that_was_cut_off_catches_up(browser: Browser, tmp_path: Path) -> None:
    experiment = Experiment(tmp_path, TRAINER, steps=80, hyperparameters=HYPERPARAMETERS)
    hooked(browser, FAIL)
    with gated(experiment) as (running, gate), Served(tmp_path, "runs/test") as served:
        browser.open(served.url)
        browser.wait(f"{PILL} === 'running'")
        browser.run("window.fails = /run.json/")
        gate.unlink()
        browser.wait(f"{PILL} === 'not connected'")
        running.communicate(timeout=PATIENCE)
        browser.run("window.fails = null")
        browser.wait(f"{PILL} === 'finished'")


def test_a_stream_that_was_refused_is_opened_again(browser: Browser, served: Served) -> None:
    browser.ask(
        "Page.addScriptToEvaluateOnNewDocument",
        source="""
          window.opened = 0;
          const Source = window.EventSource;
          window.EventSource = class extends Source {
            constructor(url) { super(opened++ ? url : 'runs/none/events'); }
          };
        """,
    )
    browser.open(f"{served.url}#run=test")
    browser.wait(f"{PILL} === 'not connected'")
    browser.wait(f"{PILL} === 'finished'")
    assert browser.run("window.opened") == 2


@pytest.mark.parametrize(
    ("view", "asked", "shown"),
    [
        ("findings", "findings.json", "document.querySelector('.finding')"),
        ("member&member=2", "2.json", "document.querySelector('pre')"),
    ],
)
def test_what_was_refused_once_is_asked_for_again(
    browser: Browser, served: Served, view: str, asked: str, shown: str
) -> None:
    hooked(browser, FAIL + f"window.fails = /{asked}/;")
    browser.open(f"{served.url}#run=test&view={view}")
    browser.wait("document.querySelector('[role=alert]')?.textContent.includes('no network')")
    browser.run("window.fails = null")
    browser.wait(f"{shown} && !document.querySelector('[role=alert]')")


def test_a_run_that_could_not_be_compared_is_read_again(browser: Browser, served: Served) -> None:
    hooked(browser, FAIL + "window.fails = /other/;")
    browser.open(f"{served.url}#run=test&view=compare")
    browser.wait("document.querySelector('fieldset').textContent.includes('no network')")
    browser.wait("document.querySelectorAll('tr[data-run]').length === 1")
    browser.run("window.fails = null")
    browser.wait("document.querySelectorAll('tr[data-run]').length === 2")
    assert "no network" not in browser.run("document.querySelector('fieldset').textContent")


def test_a_run_that_cannot_be_stopped_says_why(browser: Browser, served: Served) -> None:
    hooked(
        browser,
        FAIL
        + """
        window.changed = (told, url) => (url.endsWith('run.json') && (told.state = 'running'), told);
        window.confirm = () => true;
        window.told = [];
        window.alert = (text) => told.push(text);
        """,
    )
    browser.open(f"{served.url}#run=test")
    for fails, why in (("null", "is not being trained"), ("/stop/", "no network")):
        browser.run(f"window.fails = {fails}")
        browser.wait("[...document.querySelectorAll('.state button')].length")
        browser.run("document.querySelector('.state button').click()")
        browser.wait("window.told.length")
        assert why in browser.run("window.told.pop()")
    browser.run("window.fetch = async () => new Response('<h1>Bad gateway</h1>', { status: 502 })")
    browser.run("document.querySelector('.state button').click()")
    browser.wait("window.told.length")
    assert "502" in browser.run("window.told.pop()")
