"""An error that a cell shows as a sentence and the next step, without a traceback."""

from __future__ import annotations

from ..errors import LuminaError


class CellFailed(Exception):
    """Ends a cell as failed, so that "Run All", nbclient and papermill stop there.

    IPython shows `_render_traceback_` in place of a traceback; notebooks keep it as an error output.
    """

    def __init__(self, error: LuminaError) -> None:
        super().__init__(error.message)
        self.error = error

    def __str__(self) -> str:
        return str(self.error)

    def _render_traceback_(self) -> list[str]:
        from .display_text import clean

        lines = [clean(self.error.message)]
        if self.error.hint:
            lines.append(f"→ {clean(self.error.hint)}")
        return lines
