"""What a result of an explanation shows of itself at the end of a cell: its table, and what is to be said of it."""

from __future__ import annotations

import html
from typing import Protocol

import pandas as pd


class _Result(Protocol):
    @property
    def table(self) -> pd.DataFrame:
        """What was found."""


class Shown:
    """A result with a `table`, and perhaps a `text`."""

    __slots__ = ()

    def __repr__(self: _Result) -> str:
        text = getattr(self, "text", "")
        return f"{text}\n{self.table}" if text else str(self.table)

    def _repr_html_(self: _Result) -> str:
        text = getattr(self, "text", "")
        return (f"<p>{html.escape(text)}</p>" if text else "") + str(self.table.to_html(border=0, max_rows=60))
