"""The links between the pages lead somewhere, to the heading that they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.engine import PACKAGE

ROOT = PACKAGE.parent
PLACES = [
    "*.md",
    "docs/**/*.md",
    "examples/*/*.md",
    "experiments/**/*.md",
    "benchmarks/**/*.md",
    "Sources/*/*.docc/*.md",
]
PAGES = [page for place in PLACES for page in sorted(ROOT.glob(place)) if ".build" not in page.parts]


def text(page: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    headings = re.findall(r"^#+ (.*)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_a_page_and_a_heading(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", text(page)):
        if re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link
