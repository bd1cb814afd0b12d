"""A chart as data: plotly's traces and layout, with names of colours in place of colours.

The page fills in the colours of its theme, light or dark, and `Chart.figure` does so for a
notebook.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np

#: Okabe & Ito's colours, in the strength that each background needs; told apart by colour-blind
#: readers. "@name" in a chart stands for one of these.
THEMES: dict[str, dict[str, str]] = {
    "light": {
        "positive": "#0072b2",
        "negative": "#d55e00",
        "accent": "#009e73",
        "middle": "#c9ced6",
        "band": "rgba(0,114,178,0.16)",
        "text": "#1c2430",
        "muted": "#5b6675",
        "grid": "#e3e7ed",
        "surface": "#ffffff",
    },
    "dark": {
        "positive": "#56b4e9",
        "negative": "#f0a35e",
        "accent": "#3ccfa4",
        "middle": "#6f7b8c",
        "band": "rgba(86,180,233,0.20)",
        "text": "#e8ecf2",
        "muted": "#9aa6b6",
        "grid": "#2c3542",
        "surface": "#171d26",
    },
}
FONT = (
    "Pretendard, 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', "
    "NanumGothic, 'Nanum Gothic', sans-serif"
)


@dataclass(frozen=True)
class Chart:
    """One chart.

    Attributes:
        data: plotly's traces.
        layout: plotly's layout, without what all charts share.
        height: pixels.
        label: what it shows, for readers who don't see it.
        sides: whether its right speaks for positive and its left for negative.
    """

    data: list[dict[str, Any]]
    layout: dict[str, Any]
    height: int
    label: str
    sides: bool = False

    def as_dict(self) -> dict[str, Any]:
        """JSON's own types only; what isn't a finite number is null."""
        layout = _merged(_SHARED, self.layout) | {"height": self.height}
        return {"data": _plain(self.data), "layout": _plain(layout)}

    def figure(self, theme: str = "light") -> Any:
        """A `plotly.graph_objects.Figure`, for notebooks.

        Args:
            theme: "light" or "dark".
        """
        import plotly.graph_objects as go

        colours = THEMES[theme]
        painted = _painted(self.as_dict(), colours)
        page = {"paper_bgcolor": colours["surface"], "plot_bgcolor": colours["surface"]}
        return go.Figure(painted["data"], painted["layout"] | page)


_AXIS = {
    "gridcolor": "@grid",
    "zerolinecolor": "@grid",
    "linecolor": "@grid",
    "automargin": True,
    "fixedrange": True,
    "title": {"standoff": 8},
}
_SHARED: dict[str, Any] = {
    "font": {"family": FONT, "size": 13, "color": "@text"},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "margin": {"l": 8, "r": 16, "t": 8, "b": 40},
    "hoverlabel": {"bgcolor": "@surface", "bordercolor": "@grid", "font": {"color": "@text"}},
    "xaxis": _AXIS,
    "yaxis": _AXIS,
    "dragmode": False,  # a finger on a chart scrolls the page
    "showlegend": False,
    "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "@muted", "activecolor": "@positive"},
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
}


def shown(text: object) -> str:
    """Text that plotly shows as it is; unescaped, it takes <b> for markup and we "@grid" for a colour."""
    escaped = html.escape(str(text), quote=False)
    return f"&#64;{escaped[1:]}" if escaped.startswith("@") else escaped


def line_at(x: object) -> dict[str, Any]:
    """A shape: a vertical line across the whole chart."""
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": "@muted", "dash": "dot", "width": 1.2},
    }


def number(value: float, percent: bool) -> str:
    """A value for hovering: 71.2%, +0.35, or a dash for none."""
    return "–" if np.isnan(value) else f"{value:.1%}" if percent else f"{value:+.2f}"


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = _merged(result[key], value) if both else value
    return result


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, str | bool) or value is None:
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, int):
        return value
    return [_plain(inner) for inner in value]


def _painted(value: Any, colours: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _painted(inner, colours) for key, inner in value.items()}
    if isinstance(value, list):
        return [_painted(inner, colours) for inner in value]
    if isinstance(value, str) and value.startswith("@"):
        return colours.get(value[1:], value)
    return value
