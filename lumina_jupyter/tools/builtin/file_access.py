"""How tools reach files: the root that a call has, and a file as the actor knows it."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from ...context.sources.files import decoded
from ...errors import EditDoesNotFit, Forbidden
from ...settings import Lumina
from ..context import ToolContext
from ..preview import Preview
from ..target import Target
from .file_changes import FileChanges
from .file_root import FileRoot, Held, Located
from .readings import Readings

RootOf = Callable[[ToolContext], Awaitable[Path | None]]
"""The folder whose files a call may touch; None where there are no files."""
DIFF_CHARACTERS = 20_000
NOTEBOOK = ".ipynb"


class FileAccess:
    """Files for tools.

    Args:
        settings: What they say when a call is made holds for it.
        root_of: Which folder a call may touch.
        readings: What actors have read.
    """

    def __init__(self, settings: Lumina, root_of: RootOf, readings: Readings) -> None:
        self._settings = settings
        self._root_of = root_of
        self.readings = readings
        self.changes = FileChanges(settings.data_path / "file-changes")

    async def root(self, context: ToolContext) -> FileRoot:
        """The folder that the call may touch.

        Raises:
            Forbidden: when there is none.
        """
        base = await self._root_of(context)
        if base is None:
            raise Forbidden("There is no folder here whose files tools may touch.", hint="Do it in the notebook.")
        private = [self._settings.data_path, self._settings.models_path]
        return await asyncio.to_thread(FileRoot, base, private, hidden=self._settings.tools_see_hidden_files)

    async def target(self, arguments: Mapping[str, Any], context: ToolContext) -> Target:
        """The file that a call names, where it really is, in its present state."""
        root = await self.root(context)
        return await asyncio.to_thread(_target, root, str(arguments["path"]))

    async def folder(self, arguments: Mapping[str, Any], context: ToolContext) -> Target:
        """The folder that a call looks through."""
        root = await self.root(context)
        return Target("file", (await asyncio.to_thread(root.locate, str(arguments["path"]))).shown)

    def preview(
        self, after: Callable[[str, Mapping[str, Any]], str]
    ) -> Callable[[Mapping[str, Any], ToolContext], Awaitable[Preview]]:
        """Shows a change as a diff; `after` makes the new text of the old one and the arguments."""

        async def shown(arguments: Mapping[str, Any], context: ToolContext) -> Preview:
            root = await self.root(context)
            place = await asyncio.to_thread(root.locate, str(arguments["path"]))
            held = await asyncio.to_thread(root.read_if_there, place)
            old = "" if held is None else text_in(held, place)
            summary = f"Creates {place.shown}." if held is None else f"Changes {place.shown}."
            return Preview(summary, diff=diff(old, after(old, arguments), place.shown))

        return shown


def known(readings: Readings, context: ToolContext, place: Located, held: Held) -> str:
    """The hash of a file that the actor has read and that is still as it was.

    Raises:
        EditDoesNotFit: when it has not been read, or was changed since.
    """
    read = readings.of(context.actor).of(f"file:{place.shown}")
    if read == held.hash:
        return read
    why = "was changed since you read it" if read else "is there already, and you have not read it"
    raise EditDoesNotFit(f"{place.shown} {why}.", hint="Call read_file first; nothing was written.")


def text_in(held: Held, place: Located) -> str:
    """A file's text.

    Raises:
        EditDoesNotFit: when it is no text.
    """
    text = decoded(held.data)
    if text is None:
        raise EditDoesNotFit(
            f"{place.shown} is no text: {len(held.data):,} bytes.", hint="Look into it with Python in the notebook."
        )
    return text


def utf8_in(held: Held, place: Located) -> str:
    """The text of a file that can be written back as it was.

    Raises:
        EditDoesNotFit: when it is not UTF-8.
    """
    try:
        return held.data.decode()
    except UnicodeDecodeError:
        raise EditDoesNotFit(f"{place.shown} is not UTF-8 text.", hint="Change it with Python instead.") from None


def diff(old: str, new: str, name: str) -> str:
    """A unified diff, cut where it gets too long for anybody to read."""
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), f"{name} (now)", f"{name} (then)", lineterm="", n=3
    )
    text = "\n".join(lines)
    left = len(text) - DIFF_CHARACTERS
    return text if left <= 0 else f"{text[:DIFF_CHARACTERS]}\n[… {left:,} more characters …]"


def no_notebook(place: Located) -> None:
    """Nothing when it is no notebook.

    Raises:
        Forbidden: when it is one: its own tools look at its policy.
    """
    if place.name.lower().endswith(NOTEBOOK):
        raise Forbidden(f"{place.shown} is a notebook.", hint="Use read_notebook and the other notebook tools.")


def _target(root: FileRoot, path: str) -> Target:
    place = root.locate(path)
    held = root.read_if_there(place) if root.kind(place) == "file" else None
    return Target("file", place.shown, hash="" if held is None else held.hash)
