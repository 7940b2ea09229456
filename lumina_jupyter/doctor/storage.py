"""Whether the database opens and the stored keys can be read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from ..errors import LuminaError
from .finding import Finding, ok, problem

if TYPE_CHECKING:
    from ..engine import Engine


async def check_storage(engine: Engine) -> AsyncIterator[Finding]:
    """The database, then the keys."""
    try:
        await engine.usage(days=1)
    except LuminaError as error:
        yield problem("database", error.message, error.hint)
    else:
        yield ok("database", "opens and answers")
    yield await asyncio.to_thread(_keys, engine)


def _keys(engine: Engine) -> Finding:
    from ..gateway import KeyStore

    store = KeyStore(engine.settings.data_path)
    try:
        for provider in store.stored():
            store.get(provider)
    except LuminaError as error:
        return problem("keys", error.message, error.hint)
    kept = store.stored()
    return ok(
        "keys", f"new ones are kept in {store.place}; there are {len(kept)}" + (f": {', '.join(kept)}" if kept else "")
    )
