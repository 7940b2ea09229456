"""A search for models as a widget: the leaderboard as it grows, what runs now, the best so far, and pause and stop.

Front ends that deliver messages while a cell runs (JupyterLab, by subshells) can pause and stop it; in others the kernel's
own interrupt ends the search as well, and keeps the best so far.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from ..automl.progress import Controls, SearchEvent
from ..automl.showing.board import Board
from ..automl.showing.html import board_html
from .bundle import bundle

TOGETHER = 0.4
"""Seconds in which changes are sent as one message: people see no more, and each costs the search a little."""
WHOLE = 5.0
"""Seconds between whole boards, which a page that was reloaded begins with."""


class SearchView(anywidget.AnyWidget):
    """A live view of one search; a listener of it.

    Args:
        board: What is known already; the view learns the rest by being called with events.
        controls: The search's; without them there are no buttons.
    """

    _esm = bundle("automl_search")

    board: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    """The whole board, as it was a short time ago."""

    def __init__(self, board: Board, controls: Controls | None = None) -> None:
        self._known = board
        self._controls = controls
        self._lock = threading.Lock()
        self._sent: dict[int, Any] = dict(board.rows)
        self._timer: threading.Timer | None = None
        self._whole_at = 0.0
        self._shown: Any = None
        super().__init__(board=self._snapshot())
        # ipykernel sends what a page says to the shell that spoke to it last: to the cell that searches, and hears nothing
        # until it is over. The page itself asks for a subshell, which is free.
        if self.comm is not None:
            self.comm._reply_subshell_for = lambda _data, asked_for: asked_for
        self.on_msg(self._hear)

    def __call__(self, event: SearchEvent) -> None:
        """Take note of an event, and show it before long."""
        with self._lock:
            self._known.take(event)
            ended = self._known.ended
            if self._timer is None and not ended:
                self._timer = threading.Timer(TOGETHER, self._show)
                self._timer.daemon = True
                self._timer.start()
            if ended and self._timer is not None:
                self._timer.cancel()
        if ended:
            self._show()

    def show(self) -> None:
        """Display the view in the cell that runs; at the end it is displayed anew, so that a saved notebook has it all."""
        from IPython.display import display

        self._shown = display(self, display_id=True)  # type: ignore[no-untyped-call]  # IPython's function has no types

    def _repr_mimebundle_(self, **options: Any) -> Any:
        shown: Any = super()._repr_mimebundle_(**options)
        bundle = shown[0] if isinstance(shown, tuple) else shown
        if bundle is not None:
            # A notebook that is read elsewhere, or with no script allowed, shows this.
            bundle["text/html"] = board_html(self._known)
            bundle["text/plain"] = f"Search for models: {self._known.name}"
        return shown

    def _snapshot(self) -> dict[str, Any]:
        return {**self._known.snapshot(), "controlled": self._controls is not None}

    def _show(self) -> None:
        with self._lock:
            self._timer = None
            known = self._known
            whole = known.ended or known.seconds - self._whole_at >= WHOLE
            changed = {number: row for number, row in known.rows.items() if self._sent.get(number) is not row}
            self._sent.update(changed)
            snapshot = self._snapshot()
            if whole:
                self._whole_at = known.seconds
        if whole:
            self.board = snapshot
            if known.ended and self._shown is not None:
                self._shown.update(self)
            return
        snapshot["rows"] = [row for row in snapshot["rows"] if row["number"] in changed]
        self.send({"type": "changed", "changed": snapshot})

    def _hear(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """A person pressed something."""
        if self._controls is None or not isinstance(content, dict):
            return
        actions: dict[Any, Callable[[], None]] = {
            "pause": self._controls.pause,
            "resume": self._controls.go_on,
            "stop": self._controls.stop,
        }
        wanted = content.get("type")
        if wanted not in actions:
            return
        actions[wanted]()
        with self._lock:
            # The search itself says so before long, as it does when somebody else has asked.
            self._known.paused = wanted == "pause"
        self._show()


def show(controls: Controls) -> SearchView:
    """Display the view of a search that begins in this cell; it is to be told what the search says."""
    from ..automl.families.registry import FAMILIES

    def title(family: str) -> str:
        return FAMILIES[family].title if family in FAMILIES else family

    view = SearchView(Board(titles=title), controls)
    view.show()
    return view
