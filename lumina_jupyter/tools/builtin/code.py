"""Tools that look names up in Python files and in notebooks' cells: symbols, definitions, references."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import Forbidden, InvalidArguments
from ..content import Content, TextContent
from ..context import ToolContext
from ..declaration import declared
from ..target import Target
from ..tool import Tool
from .code_search import SECONDS, looked_up
from .file_access import NOTEBOOK, text_in
from .notebook_access import NotebookAccess

_NO_PYTHON = re.compile(r"^(\s*)[%!?].*$")


@dataclass(frozen=True, slots=True)
class _Code:
    """Python code, and where its lines are from: `cells` holds each cell's id and the line before its first."""

    path: str
    text: str
    cells: tuple[tuple[str, int], ...] = ()

    def place(self, line: int) -> str:
        """A line, counted from 1, for people."""
        within = [(cell, before) for cell, before in self.cells if before < line]
        if not within:
            return f"{self.path}:{line}"
        cell, before = within[-1]
        return f"{self.path}, cell {cell}, line {line - before}"


def code_tools(access: NotebookAccess) -> list[Tool]:
    """`list_symbols`, `find_definition` and `find_references`."""

    async def list_symbols(context: ToolContext, file_path: str = "") -> Content:
        """List the classes, functions and variables of a Python file or of a notebook's cells.

        Args:
            context: The call's.
            file_path: The file's or the notebook's path; empty for the notebook that this is about.
        """
        return await _looked(context, "symbols", file_path)

    async def find_definition(
        context: ToolContext, name: str, file_path: str = "", line: int = 0, cell_id: str = ""
    ) -> Content:
        """Find where a name is defined that is used in a Python file or in a notebook's cells.

        Args:
            context: The call's.
            name: The name, as it stands there.
            file_path: The file's or the notebook's path; empty for the notebook that this is about.
            line: The line where it stands, counted from 1, in the file or in the cell; 0 for the first with the name.
            cell_id: The cell where it stands.
        """
        return await _looked(context, "definitions", file_path, name, line, cell_id)

    async def find_references(
        context: ToolContext, name: str, file_path: str = "", line: int = 0, cell_id: str = ""
    ) -> Content:
        """Find where a name is used that stands in a Python file or in a notebook's cells.

        Args:
            context: The call's.
            name: The name, as it stands there.
            file_path: The file's or the notebook's path; empty for the notebook that this is about.
            line: The line where it stands, counted from 1, in the file or in the cell; 0 for the first with the name.
            cell_id: The cell where it stands.
        """
        return await _looked(context, "references", file_path, name, line, cell_id)

    async def _looked(
        context: ToolContext, what: str, file_path: str, name: str = "", line: int = 0, cell_id: str = ""
    ) -> Content:
        code = await _code(access, file_path, context)
        root = await access.files.root(context)
        described = root.described()
        base = Path(str(described["base"]))
        asked: dict[str, Any] = {"what": what, "base": str(base), "file": code.path, "code": code.text}
        if name:
            asked["line"], asked["column"] = _find(code, name, line, cell_id)
        lines = []
        for found in await looked_up(asked):
            where = await asyncio.to_thread(_where, found, code, root.locate, base)
            if where:
                lines.append(f"{found['type']} {found['name']} — {where}: {found['description']}")
        return (TextContent("\n".join(dict.fromkeys(lines)) or "Nothing was found."),)

    async def target(arguments: Mapping[str, Any], context: ToolContext) -> Target:
        path = str(arguments.get("file_path") or context.notebook)
        if path.endswith(NOTEBOOK):
            return await access.notebook_target({"file_path": path}, context)
        return await access.files.target({"path": path}, context)

    return [
        declared(each, effects=["read"], target=target, timeout=SECONDS + 5.0)
        for each in (list_symbols, find_definition, find_references)
    ]


async def _code(access: NotebookAccess, file_path: str, context: ToolContext) -> _Code:
    path = file_path or context.notebook
    if path.endswith(NOTEBOOK):
        document, notebook = await access.read(path, context)
        cells: list[tuple[str, int]] = []
        lines: list[str] = []
        for cell in notebook.cells:
            if cell.type == "code" and not cell.source.startswith("%%"):
                cells.append((cell.id, len(lines)))
                lines += [_NO_PYTHON.sub(r"\1pass", line) for line in cell.source.split("\n")]
        return _Code(document.path, "\n".join(lines) + "\n", tuple(cells))
    if not path.endswith((".py", ".pyi")):
        raise InvalidArguments(f"{path[:200]!r} is neither Python nor a notebook.", hint="Name one in `file_path`.")
    root = await access.files.root(context)
    place = await asyncio.to_thread(root.locate, path)
    held = await asyncio.to_thread(root.read, place)
    return _Code(place.shown, text_in(held, place))


def _find(code: _Code, name: str, line: int, cell_id: str) -> tuple[int, int]:
    """Where a name stands: the line counted from 1, the column from 0.

    Raises:
        InvalidArguments: when it does not.
    """
    starts = dict(code.cells)
    if cell_id and cell_id not in starts:
        raise InvalidArguments(f"There is no code cell {cell_id[:100]!r}.", hint="read_notebook tells the ids.")
    first = starts.get(cell_id, 0)
    pattern = re.compile(rf"(?<!\w){re.escape(name.rpartition('.')[2])}(?!\w)")
    for number, text in enumerate(code.text.split("\n"), start=1):
        found = pattern.search(text)
        if found and number > first and (not line or number == first + line):
            return number, found.start()
    raise InvalidArguments(f"There is no {name[:100]!r} there.", hint="Name the file, the cell and the line.")


def _where(found: Mapping[str, Any], code: _Code, locate: Any, base: Path) -> str:
    """Where a name was found; a library's module for what is outside, empty for what is not to be shown."""
    path = Path(found["path"]) if found["path"] else None
    if path is None or not path.is_relative_to(base):
        return f"in the module {found['module']}"
    inside = path.relative_to(base).as_posix()
    if inside == code.path:
        return code.place(int(found["line"]))
    try:
        return f"{locate(inside).shown}:{found['line']}"
    except Forbidden:
        return ""
