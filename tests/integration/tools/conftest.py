"""A toolbox that holds the built-in tools over a folder of real notebooks and files."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.collaboration import DiskPlaces
from lumina_jupyter.context.notebook_view import view_of
from lumina_jupyter.context.surroundings import Surroundings
from lumina_jupyter.context.view import NotebookView
from lumina_jupyter.engine import Engine
from lumina_jupyter.settings import Lumina
from lumina_jupyter.tools import Actor, ToolCall, ToolContext, ToolOutcome

USER = ToolContext(actor=Actor("user", "ada", run="run_1"), notebook="a.ipynb")
"""A person who acts herself, so that nobody has to be asked."""
CHAT = ToolContext(actor=Actor("chat", "ada", run="turn_1"), notebook="a.ipynb")


class Disk:
    """Notebooks and folders of a root."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def view(self, path: str) -> NotebookView | None:
        file = self.root / path
        return view_of(json.loads(file.read_text()), path) if file.is_file() else None

    async def roots(self, notebook: str, kernel_id: str) -> tuple[Path, ...]:
        return (self.root,)


@dataclass
class Here:
    """An engine, and a short way to call its tools."""

    engine: Engine
    root: Path

    async def call(self, name: str, context: ToolContext = USER, /, **arguments: Any) -> ToolOutcome:
        return await self.engine.tools.call(ToolCall("call_1", name, arguments), context)

    async def text(self, name: str, context: ToolContext = USER, /, **arguments: Any) -> str:
        outcome = await self.call(name, context, **arguments)
        assert not outcome.is_error, outcome.text
        return outcome.text

    async def refused(self, name: str, context: ToolContext = USER, /, **arguments: Any) -> str:
        """The code of the error."""
        outcome = await self.call(name, context, **arguments)
        assert outcome.is_error, outcome.text
        return outcome.error_code

    def put(self, name: str, *cells: dict[str, Any], **policy: Any) -> None:
        """Write a notebook's file."""
        metadata = {"lumina": {"policy": policy}} if policy else {}
        content = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        (self.root / name).write_text(json.dumps(content))

    def texts(self, name: str = "a.ipynb") -> list[str]:
        return ["".join(cell["source"]) for cell in json.loads((self.root / name).read_text())["cells"]]


Begin = Callable[..., AbstractAsyncContextManager[Here]]


@pytest.fixture
def begin(tmp_path: Path) -> Begin:
    @asynccontextmanager
    async def make(**settings: Any) -> AsyncIterator[Here]:
        root = tmp_path / "root"
        root.mkdir()
        disk = Disk(root)
        engine = Engine(
            Lumina(data_dir=str(tmp_path / "data"), **settings),
            {},
            Surroundings(notebooks=disk, folders=disk),
            DiskPlaces(root),
        )
        try:
            yield Here(engine, root)
        finally:
            await engine.close()

    return make
