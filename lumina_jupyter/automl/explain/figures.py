"""Figures that stand on any page: a transparent background, and letters that are read on white and on black."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from lumina_jupyter.errors import MissingExtra, SettingUnusable

Theme = Literal["auto", "light", "dark"]
INK = {"auto": "#767676", "light": "#24292f", "dark": "#e6e6e6"}
GRID = {"auto": "rgba(128,128,128,0.25)", "light": "rgba(0,0,0,0.12)", "dark": "rgba(255,255,255,0.18)"}
COLOURS = ("#2f7fd1", "#e08214", "#2a9d6f", "#c9498f", "#8a6fd1", "#b08a2e", "#2aa5b5", "#d1574f")
SECOND = COLOURS[1]
FIRST = COLOURS[0]
BAR_OPACITY = 0.6
"""Of bars, through which the ends of their error bars are seen."""


def new_figure(title: str, x: str = "", y: str = "", *, theme: Theme = "auto") -> Any:
    """An empty figure.

    Args:
        title: What it shows.
        x: What the horizontal axis is.
        y: What the vertical axis is.
        theme: The page's; "auto" is read on both.

    Raises:
        MissingExtra: when plotly is not installed.
        SettingUnusable: when there is no such theme.
    """
    if theme not in INK:
        raise SettingUnusable(f"There is no theme {theme!r}.", hint=f"Themes: {', '.join(INK)}.")
    graph = graph_objects()
    axis = {"gridcolor": GRID[theme], "zerolinecolor": GRID[theme], "linecolor": GRID[theme], "automargin": True}
    layout = {
        "title": {"text": title, "font": {"size": 15}},
        "template": "plotly_dark" if theme == "dark" else "plotly_white",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": INK[theme]},
        "colorway": list(COLOURS),
        "margin": {"l": 60, "r": 20, "t": 50, "b": 50},
        "legend": {"bgcolor": "rgba(0,0,0,0)"},
        "xaxis": {**axis, "title": {"text": x}},
        "yaxis": {**axis, "title": {"text": y}},
    }
    return graph.Figure(layout=layout)


def graph_objects() -> Any:
    """Plotly's module of figures.

    Raises:
        MissingExtra: when it is not installed.
    """
    try:
        import plotly.graph_objects as graph
    except ImportError as missing:
        raise MissingExtra("A figure", extra="automl") from missing
    return graph


def diagonal(figure: Any, low: float, high: float, *, theme: Theme, name: str) -> None:
    """Draw the line on which both axes are equal."""
    figure.add_scatter(
        x=[low, high], y=[low, high], mode="lines", name=name, line={"color": INK[theme], "dash": "dot", "width": 1}
    )


def error_bars(value: Any, low: Any, high: Any, *, colour: str = "") -> dict[str, Any]:
    """Bars between bounds, as plotly takes them: how far these lie from each value.

    Args:
        value: The values.
        low: Their lower bounds.
        high: Their upper bounds.
        colour: The bars'; without one they have that of the line. Where there is none, plotly's own is black on any page.
    """
    bars = {"type": "data", "symmetric": False, "array": high - value, "arrayminus": value - low}
    return {**bars, "color": colour} if colour else bars


def band(figure: Any, x: pd.Series, low: pd.Series, high: pd.Series, *, name: str, colour: str) -> None:
    """Fill what lies between bounds that go with `x`."""
    figure.add_scatter(
        x=pd.concat([x, x[::-1]]),
        y=pd.concat([high, low[::-1]]),
        fill="toself",
        fillcolor=colour,
        line={"width": 0},
        name=name,
        hoverinfo="skip",
    )
