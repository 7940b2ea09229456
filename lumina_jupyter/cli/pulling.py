"""Fetching a model in a terminal: a progress bar, or a line now and then when nobody looks."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from .output import say

if TYPE_CHECKING:
    from ..gateway.embedded.download import PullProgress
    from ..gateway.embedded.weights import Weight
    from ..settings import Lumina

_STEP = 10
"""Percent between two lines when there is no terminal."""


def pull_with_progress(name: str, settings: Lumina, *, cancel: threading.Event, quiet: bool = False) -> Weight:
    """Fetch a model and show how it goes; Ctrl-C stops it, and the next pull goes on from there.

    Raises:
        LuminaError: when it cannot be fetched or was stopped.
    """
    if quiet or not sys.stderr.isatty():
        return _pull(name, settings, cancel, _silently if quiet else _Lines())
    return _with_bar(name, settings, cancel)


def _pull(name: str, settings: Lumina, cancel: threading.Event, report: Callable[[PullProgress], None]) -> Weight:
    """Pull in a thread of its own, so that Ctrl-C is noticed here at once and the pull can tidy up."""
    from ..gateway.embedded.pull import pull

    with ThreadPoolExecutor(1, "lumina-pull") as executor:
        future = executor.submit(pull, name, settings, report=report, cancel=cancel)
        try:
            return future.result()
        except KeyboardInterrupt:
            cancel.set()
            return future.result()


def _with_bar(name: str, settings: Lumina, cancel: threading.Event) -> Weight:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=None)

        def show(state: PullProgress) -> None:
            text = f"{name}: {state.text or state.phase}"
            progress.update(task, completed=state.done, total=state.total, description=text)

        return _pull(name, settings, cancel, show)


def _silently(_: PullProgress) -> None:
    return None


class _Lines:
    """Prints a line for each phase and for each tenth."""

    def __init__(self) -> None:
        self._last: tuple[str, int] | None = None

    def __call__(self, state: PullProgress) -> None:
        percent = 100 * state.done // state.total if state.total else 0
        now = (state.text or state.phase, percent // _STEP)
        if now != self._last and state.phase != "done":
            self._last = now
            say(f"{state.model}: {now[0]} {percent} %", err=True)
