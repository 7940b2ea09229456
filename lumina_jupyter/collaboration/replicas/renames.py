"""Renames on a Jupyter server, and the writes of its notebooks: one after the other.

A write that has found a notebook's path, and comes to the file after it was renamed, leaves a second file under the old
name. The notebook under the new one is without what was written, and to all who look it is as if somebody had put an
earlier state of it back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from inspect import isawaitable, iscoroutinefunction
from typing import Any
from weakref import WeakKeyDictionary

PATIENCE = 10.0
"""Seconds after which one goes on though the other isn't done."""

log = logging.getLogger(__name__)


class _Turns:
    """What is under way on one contents manager."""

    def __init__(self) -> None:
        self.writes = 0
        self.renames = 0
        self._changed = asyncio.Event()

    async def until(self, free: Callable[[], bool]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while not free():
                    await self._changed.wait()

    def changed(self) -> None:
        self._changed.set()
        self._changed.clear()


_turns: WeakKeyDictionary[Any, _Turns] = WeakKeyDictionary()


@asynccontextmanager
async def in_place(contents: Any) -> AsyncIterator[None]:
    """Around a look at a notebook's path and its writing: it is not renamed meanwhile.

    Args:
        contents: The server's contents manager.
    """
    turns = _turns.setdefault(contents, _Turns())
    await turns.until(lambda: not turns.renames)
    turns.writes += 1
    try:
        yield
    finally:
        turns.writes -= 1
        turns.changed()


class Renames:
    """Has a contents manager rename when nobody writes, and its notebooks known by their new paths at once.

    A manager that blocks cannot wait, and has nobody write meanwhile.

    Args:
        contents: The server's contents manager.
        web_settings: The web application's settings, where the extension for file ids keeps itself.
    """

    def __init__(self, contents: Any, web_settings: Any) -> None:
        self._contents = contents
        self._web_settings = web_settings
        self._original: Any = None
        self._own: Any = None

    def install(self) -> None:
        """Begin."""
        self._original = self._contents.rename
        self._own = self._rename if iscoroutinefunction(self._original) else self._rename_at_once
        self._contents.rename = self._own

    def remove(self) -> None:
        """Leave the manager as it was."""
        if vars(self._contents).get("rename") == self._own:
            del self._contents.rename

    async def _rename(self, old_path: str, new_path: str) -> Any:
        turns = _turns.setdefault(self._contents, _Turns())
        turns.renames += 1
        try:
            await turns.until(lambda: not turns.writes)
            result = await self._original(old_path, new_path)
            self._follow(old_path, new_path)
        finally:
            turns.renames -= 1
            turns.changed()
        return result

    def _rename_at_once(self, old_path: str, new_path: str) -> Any:
        result = self._original(old_path, new_path)
        if isawaitable(result):
            return self._followed(result, old_path, new_path)
        self._follow(old_path, new_path)
        return result

    async def _followed(self, renaming: Awaitable[Any], old_path: str, new_path: str) -> Any:
        result = await renaming
        self._follow(old_path, new_path)
        return result

    def _follow(self, old_path: str, new_path: str) -> None:
        """What the file ids do when they are told of it, a moment later."""
        ids = self._web_settings.get("file_id_manager")
        if ids is None:
            return
        try:
            ids.move(old_path.strip("/"), new_path.strip("/"))
        except Exception as error:  # noqa: BLE001 (ids are kept by another extension, which hears of it anyway)
            log.debug("the file ids cannot follow a rename: %s", error)
