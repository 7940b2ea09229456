"""What runs in the kernel that plays notebooks: a fresh start for each, the figures it drew, lines it executed.

Its text is sent to the kernel and is a module there, `lumina_task_probe`, whose names notebooks do not see.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas  # noqa: F401 - nearly every notebook has it; so it is loaded once
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

_figures: list[Any] = []
_lines = [0]


def begin(folder: str) -> None:
    """A fresh namespace in a folder."""
    from IPython.core.getipython import get_ipython

    sys.settrace(None)
    _lines[0] = 0
    old = str(Path.cwd())
    shell: Any = get_ipython()
    shell.reset(new_session=False)
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(old + os.sep):
            del sys.modules[name]
    os.chdir(folder)
    plt.close("all")
    mpl.rcdefaults()
    _figures.clear()


def watch() -> None:
    """Have each figure kept that is made."""

    made = Figure.__init__

    def make(self: Figure, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        _figures.append(self)

    Figure.__init__ = make  # type: ignore[method-assign] # what every figure goes through
    # What is loaded by now stays: each reset of a namespace would look through all of it.
    gc.freeze()


def figures() -> list[list[dict[str, Any]]]:
    """What is in the figures that were drawn since this was last asked."""
    found = [[_axes(figure, axes) for axes in figure.axes] for figure in _figures]
    _figures.clear()
    return found


def _axes(figure: Any, axes: Any) -> dict[str, Any]:
    above = getattr(figure, "_suptitle", None)
    bars = [each for each in axes.containers if isinstance(each, BarContainer)]
    return {
        "title": axes.get_title() or (above.get_text() if above else ""),
        "xlabel": axes.get_xlabel(),
        "ylabel": axes.get_ylabel(),
        "lines": [[float(y) for y in line.get_ydata()] for line in axes.lines],
        "bars": [_lengths(each) for each in bars],
        "points": [[float(y) for _, y in each.get_offsets()] for each in axes.collections],
        "ticks": [label.get_text() for label in (*axes.get_xticklabels(), *axes.get_yticklabels())],
    }


def _lengths(bars: Any) -> list[float]:
    across = bars.orientation == "horizontal"
    return [float(bar.get_width() if across else bar.get_height()) for bar in bars.patches]


def count() -> None:
    """Count the lines of cells that are executed from here on."""

    def trace(frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        if "/ipykernel_" not in frame.f_code.co_filename:
            return None
        _lines[0] += event == "line"
        return trace

    sys.settrace(trace)


def counted() -> int:
    """How many there were."""
    sys.settrace(None)
    return _lines[0]


def as_json(get: Callable[[], object]) -> str:
    """A value as JSON; an empty object when there is none."""
    tracing = sys.gettrace()
    sys.settrace(None)
    try:
        return json.dumps({"value": get()}, default=_plain)
    except Exception:
        return "{}"
    finally:
        sys.settrace(tracing)


def _plain(value: Any) -> Any:
    for name in ("tolist", "isoformat"):
        if hasattr(value, name):
            return getattr(value, name)()
    return sorted(value) if isinstance(value, set | frozenset) else repr(value)


watch()
