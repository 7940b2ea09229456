"""A notebook is renamed when nobody writes it, and written when nobody renames it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from lumina_jupyter.collaboration.replicas import renames
from lumina_jupyter.collaboration.replicas.renames import Renames, in_place


class Ids:
    """File ids that are told of what moved."""

    def __init__(self) -> None:
        self.moved: list[tuple[str, str]] = []

    def move(self, old: str, new: str) -> None:
        self.moved.append((old, new))


class Waiting:
    """A contents manager that renames when it may."""

    def __init__(self) -> None:
        self.begun, self.may = asyncio.Event(), asyncio.Event()

    async def rename(self, old: str, new: str) -> None:
        self.begun.set()
        await self.may.wait()


class Blocking:
    """One that renames at once."""

    def rename(self, old: str, new: str) -> str:
        return f"{old} {new}"


class Promising:
    """One that gives out a promise, and does not look like it."""

    def __init__(self) -> None:
        self.rename: Callable[..., Any] = lambda old, new: asyncio.sleep(0, f"{old} {new}")


async def test_each_waits_for_the_other() -> None:
    contents, ids, done = Waiting(), Ids(), list[str]()
    installed = Renames(contents, {"file_id_manager": ids})
    installed.install()

    async def write(name: str) -> None:
        async with in_place(contents):
            done.append(name)

    async with in_place(contents):
        renaming = asyncio.create_task(contents.rename("/a.ipynb", "b.ipynb"))
        await asyncio.sleep(0)
        later = asyncio.create_task(write("later"))
        await asyncio.sleep(0)
        assert not contents.begun.is_set()
        done.append("first")
    await contents.begun.wait()
    assert (done, ids.moved) == (["first"], [])
    contents.may.set()
    await asyncio.gather(renaming, later)
    assert (done, ids.moved) == (["first", "later"], [("a.ipynb", "b.ipynb")])
    installed.remove()
    assert "rename" not in vars(contents)


async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renames, "PATIENCE", 0.0)
    contents = Waiting()
    contents.may.set()
    Renames(contents, {}).install()
    async with in_place(contents):
        await contents.rename("a", "b")


async def test_managers_that_do_not_wait() -> None:
    ids = Ids()
    blocking, promising = Blocking(), Promising()
    for contents in (blocking, promising):
        Renames(contents, {"file_id_manager": ids}).install()
    assert blocking.rename("a", "b") == "a b"
    promise = promising.rename("c", "d")
    assert ids.moved == [("a", "b")]
    assert await promise == "c d"
    assert ids.moved == [("a", "b"), ("c", "d")]
