"""A `repr` that stays short, whatever the value: it may be huge, endless or broken."""

from __future__ import annotations

import reprlib
from typing import Any


def short_repr(value: object, limit: int = 200) -> str:
    """A one-line `repr` of bounded length that never raises."""
    shown = " ".join(SHORT.repr(value).split())
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


class _Short(reprlib.Repr):
    """`repr` with bounds on length and depth, for values that may be huge, endless or broken."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 6
        self.maxdict = self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdeque = 60
        self.maxarray = 60
        self.maxstring = 600
        self.maxlong = 200
        self.maxother = 600

    def repr_instance(self, x: Any, level: int) -> str:
        try:
            shown = repr(x)
        except Exception as error:  # noqa: BLE001 - a repr may raise anything
            return f"<{type_name(x)}, whose repr raised {type(error).__name__}>"
        return shown if len(shown) <= self.maxother else f"{shown[: self.maxother]}…"


SHORT = _Short()


def type_name(value: object) -> str:
    """The name of a value's class, with its package where that says something."""
    cls = type(value)
    package = cls.__module__.partition(".")[0]
    return cls.__qualname__ if package in {"builtins", "__main__"} else f"{package} {cls.__qualname__}"
