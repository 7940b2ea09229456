"""Estimators of scikit-learn, and figures of matplotlib and plotly."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from .bounds import NAME, attributes, counted, cut, looks_secret, own
from .plain import short

if TYPE_CHECKING:
    Told = dict[str, Any]

LISTED = 20


def estimator(model: Any, detail: bool, values: bool) -> Told:
    """An estimator of scikit-learn, or of a library that derives from its base."""
    held = attributes(model) or {}
    learned = sorted(name for name in held if type(name) is str and name.endswith("_") and not name.startswith("_"))
    text = "{}, {}".format(type(model).__name__, "fitted" if learned else "not fitted")
    features = held.get("n_features_in_")
    if type(features) is int:
        text += " on " + counted(features, "feature")
    if not detail:
        return {"text": text}
    lines = [text]
    names = held.get("feature_names_in_")
    if names is not None:
        lines.append("Features: " + ", ".join(cut(str(name), NAME) for name in islice(iter(names), LISTED)))
    if learned:
        lines.append("Learned: " + ", ".join(cut(name, NAME) for name in learned[:LISTED]))
    if values:
        shown = [f"{name}={_parameter(name, item)}" for name, item in _parameters(model)]
        lines.append("Parameters: " + (", ".join(shown) or "all at their defaults"))
    return {"text": "\n".join(lines)}


def _parameters(model: Any) -> list[Any]:
    """The parameters that differ from the constructor's defaults."""
    held = attributes(model) or {}
    constructor = own(type(model), "__init__")
    code = getattr(constructor, "__code__", None)
    if code is None:
        return []
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    positional = constructor.__defaults__ or ()
    defaults = dict(constructor.__kwdefaults__ or {})
    defaults.update(zip(names[code.co_argcount - len(positional) : code.co_argcount], positional))
    return [(name, held[name]) for name in names if name in held and held[name] is not defaults.get(name)][:LISTED]


def _parameter(name: str, value: object) -> str:
    return "<hidden>" if looks_secret(name) else short(value, 60, 2)


def matplotlib_figure(figure: Any, detail: bool, values: bool) -> Told:
    """A matplotlib figure: its axes, what they are called and hold."""
    axes = list(figure.axes)
    width, height = (float(each) for each in figure.get_size_inches())
    lines = [f"matplotlib figure of {width:g} x {height:g} inches with {len(axes)} axes"]
    if detail:
        lines += [_axes_line(each, values) for each in axes[:LISTED]]
    return {"text": "\n".join(lines)}


def matplotlib_axes(axes: Any, _detail: bool, values: bool) -> Told:
    """One of a figure's axes."""
    return {"text": "matplotlib axes " + _axes_line(axes, values)[2:]}


def _axes_line(axes: Any, values: bool) -> str:
    held = {"lines": axes.lines, "patches": axes.patches, "collections": axes.collections, "images": axes.images}
    parts = [f"{len(items)} {name}" for name, items in held.items() if len(items)]
    if values:
        told = (("title", axes.get_title()), ("x", axes.get_xlabel()), ("y", axes.get_ylabel()))
        parts += [f"{name} {short(text)}" for name, text in told if text]
    return "- " + (", ".join(parts) or "empty")


def plotly_figure(figure: Any, detail: bool, values: bool) -> Told:
    """A plotly figure: its traces."""
    traces = figure.data
    text = "plotly figure of {}".format(counted(len(traces), "trace"))
    if not detail:
        return {"text": text}
    lines = [text]
    if values:
        title = figure.layout.title.text
        if title:
            lines.append("Title: " + short(title, NAME))
    for trace in traces[:LISTED]:
        name = " " + short(trace.name) if values and trace.name else ""
        lines.append(f"- {cut(str(trace.type), NAME)}{name}")
    return {"text": "\n".join(lines)}
