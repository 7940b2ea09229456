"""For whom a notebook is saved: told to whoever keeps its history, wherever the save goes through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_NAMES: ContextVar[tuple[str, ...]] = ContextVar("lumina_saved_for", default=())


def saved_for() -> tuple[str, ...]:
    """The names of those whose edits are being made or saved at this moment; nothing when that is not known."""
    return _NAMES.get()


@contextmanager
def saving_for(names: Iterable[str]) -> Iterator[None]:
    """Say whose edits are made and saved inside of this."""
    token = _NAMES.set(tuple(name for name in names if name))
    try:
        yield
    finally:
        _NAMES.reset(token)
