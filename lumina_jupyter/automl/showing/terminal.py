"""Progress in a terminal: a bar where there is one that can be drawn on, lines of text elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

from ..progress import (
    ENDED,
    BestImproved,
    Decided,
    EnsembleMade,
    SearchBegan,
    SearchEvent,
    StageBegan,
    TrialBegan,
    TrialChanged,
    Warned,
)
from ..words import counted

PAUSE = 2.0
"""Seconds between two lines about a better score."""


class TerminalProgress:
    """Shows a search. A listener.

    Args:
        budget: Seconds that the search may take.
        stream: Where it is shown; the standard error stream when omitted.
        now: A clock that never goes back.
    """

    def __init__(
        self,
        budget: float,
        stream: TextIO | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._budget = budget
        self._metric = "score"
        self._stream = stream or sys.stderr
        self._now = now
        self._bar = _bar(budget, self._stream)
        self._last = -PAUSE
        self._trials = 0
        self._best = ""

    def __call__(self, event: SearchEvent) -> None:
        """Show an event."""
        match event:
            case SearchBegan():
                self._metric = event.metric
            case StageBegan():
                self._line(f"{event.seconds:6.1f} s  {event.text}")
                if event.stage in ENDED:
                    self.close()
            case Warned():
                self._line(f"Warning: {event.text}")
            case Decided():
                self._line(f"          {event.text}")
            case TrialBegan():
                self._trials = max(self._trials, event.number + 1)
                self._move(event.seconds)
            case TrialChanged():
                self._move(event.seconds)
            case BestImproved():
                self._improved(event)
            case EnsembleMade():
                self._best = f"blend of {len(event.weights)}: {self._metric} {event.score:.5g}"
                self._line(f"{event.seconds:6.1f} s  {self._best[0].upper()}{self._best[1:]}.")

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _improved(self, event: BestImproved) -> None:
        self._best = f"best {self._metric} {event.score:.5g}"
        if self._bar is not None:
            self._move(event.seconds)
        elif self._now() - self._last >= PAUSE:
            self._last = self._now()
            self._line(f"{event.seconds:6.1f} s  {self._best[0].upper()}{self._best[1:]} (trial {event.number}).")

    def _move(self, seconds: float) -> None:
        if self._bar is not None:
            about = " · ".join(filter(None, (counted(self._trials, "trial"), self._best)))
            self._bar.update(self._bar.task_ids[0], completed=min(seconds, self._budget), description=about)

    def _line(self, text: str) -> None:
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False)
        else:
            self._stream.write(text + "\n")
            self._stream.flush()


def _bar(budget: float, stream: TextIO) -> Any:
    """A bar of rich's, or None where nothing can be drawn over, or rich is not there."""
    if not stream.isatty():
        return None
    try:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
    except ImportError:
        return None
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(file=stream), transient=True
    )
    bar.add_task("looking at the table", total=budget)
    bar.start()
    return bar
