"""A figure of a run, as a notebook shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PLOTLY = "application/vnd.plotly.v1+json"
SVG = "image/svg+xml"


class Figure(dict[str, Any]):
    """A specification for Plotly, with `data` and `layout`.

        figure = poptrain.Run("runs/parabola").figure("lineage")
        plotly.graph_objects.Figure(figure)

    A notebook shows it by itself: with Plotly where it can, otherwise as a picture.
    """

    svg: str
    """The same figure as a picture for a paper."""

    def __init__(self, specification: Mapping[str, Any], svg: str) -> None:
        super().__init__(specification)
        self.svg = svg

    def __repr__(self) -> str:
        return f"<figure {self['layout']['title']['text'].split('<br>')[0]!r}, {len(self['data'])} traces>"

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {PLOTLY: dict(self), SVG: self.svg}
