"""Tools for the files below the server's root: listing, reading, searching, writing, deleting, taking that back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ...errors import InvalidArguments, NotFound
from ..content import Content, JsonContent, TextContent
from ..context import ToolContext
from ..declaration import declared
from ..preview import Preview
from ..target import Target
from ..tool import Tool
from .file_access import NOTEBOOK, FileAccess, known, no_notebook, text_in, utf8_in
from .file_root import Located
from .file_search import search_tool
from .threads import to_its_end

MOST_ENTRIES = 500
MOST_LINES = 2_000


def file_tools(access: FileAccess) -> list[Tool]:
    """`list_files`, `read_file`, `search_files`, `write_file`, `replace_in_file`, `delete_file` and what undoes."""
    return [*_looking(access), search_tool(access), *_writing(access), *_undoing(access)]


def _looking(access: FileAccess) -> list[Tool]:
    async def list_files(context: ToolContext, path: str = ".") -> Content:
        """List what is in a folder: names, and the sizes of files in bytes. Hidden files and links are not shown.

        Args:
            context: The call's.
            path: The folder, relative to the folder of the notebooks.
        """
        root = await access.root(context)
        names = await asyncio.to_thread(lambda: root.names(root.locate(path)))
        lines = [f"{name}/" if kind == "folder" else f"{name}  {size:,}" for name, kind, size in names[:MOST_ENTRIES]]
        if len(names) > MOST_ENTRIES:
            lines.append(f"[… {len(names) - MOST_ENTRIES:,} more …]")
        return (TextContent("\n".join(lines) or "The folder is empty."),)

    async def read_file(context: ToolContext, path: str, first_line: int = 1, last_line: int = 0) -> Content:
        """Read a text file, or some of its lines. Notebooks are read with read_notebook.

        Args:
            context: The call's.
            path: The file, relative to the folder of the notebooks.
            first_line: The first line to read, counted from 1.
            last_line: The last line to read; 0 for as many as are shown at once.
        """
        if first_line < 1 or (last_line and last_line < first_line):
            raise InvalidArguments("Lines are counted from 1, and the last is not before the first.")
        root = await access.root(context)
        place = await asyncio.to_thread(root.locate, path)
        no_notebook(place)
        held = await asyncio.to_thread(root.read, place)
        text = await asyncio.to_thread(text_in, held, place)
        access.readings.of(context.actor).remember(f"file:{place.shown}", held.hash)
        return (TextContent(_lines(text, place, first_line, last_line)),)

    return [
        declared(list_files, effects=["read"], target=access.folder),
        declared(read_file, effects=["read"], target=access.target),
    ]


def _writing(access: FileAccess) -> list[Tool]:
    async def write_file(context: ToolContext, path: str, content: str) -> Content:
        """Write a text file as a whole: a new one, or in place of one that you have read.

        Args:
            context: The call's.
            path: The file, relative to the folder of the notebooks; folders on the way are made.
            content: Its whole text.
        """
        return await _write(access, context, path, lambda _place, _old: content, new=True)

    async def replace_in_file(context: ToolContext, path: str, old: str, new: str, count: int = 1) -> Content:
        """Replace a passage in a text file that you have read.

        Args:
            context: The call's.
            path: The file, relative to the folder of the notebooks.
            old: The passage, which must be in the file exactly `count` times.
            new: What stands there afterwards.
            count: How often the passage is in the file.
        """
        return await _write(access, context, path, lambda _place, text: _replaced(text, old, new, count), new=False)

    async def delete_file(context: ToolContext, path: str) -> Content:
        """Delete a file. It is kept, and restore_file brings it back.

        Args:
            context: The call's.
            path: The file, relative to the folder of the notebooks.
        """
        root = await access.root(context)
        readings = access.readings.of(context.actor)

        def work() -> str:
            place = root.locate(path)
            no_notebook(place)
            held = root.read(place)
            change = access.changes.keep(
                place.shown,
                held.data,
                None,
                run=readings.run,
                user=context.actor.user,
                mode=held.mode,
                step=context.step,
            )
            try:
                root.delete(place, held.hash)
            except BaseException:
                access.changes.forget(change)
                raise
            return f"Deleted {place.shown}. restore_file with change {change.id} brings it back."

        return (TextContent(await to_its_end(work)),)

    async def shown(arguments: Mapping[str, Any], context: ToolContext) -> Preview:
        target = await access.target(arguments, context)
        return Preview(f"Deletes {target.name}; it is kept and can be restored.")

    return [
        declared(
            write_file,
            effects=["write"],
            target=access.target,
            preview=access.preview(lambda _old, arguments: str(arguments["content"])),
            undoable=True,
        ),
        declared(
            replace_in_file,
            effects=["write"],
            target=access.target,
            preview=access.preview(
                lambda old, given: _replaced(old, str(given["old"]), str(given["new"]), int(given["count"]))
            ),
            undoable=True,
        ),
        declared(delete_file, effects=["write"], target=access.target, preview=shown, undoable=True),
    ]


def _undoing(access: FileAccess) -> list[Tool]:
    async def list_file_changes(context: ToolContext, run: str = "") -> Content:
        """List what tools did to files, the last first, with the ids that restore_file takes.

        Args:
            context: The call's.
            run: One run's alone.
        """
        changes = await asyncio.to_thread(access.changes.known, run)
        mine = [change for change in changes if change.user == context.actor.user][:100]
        return (
            JsonContent(
                [
                    {
                        "change": change.id,
                        "path": change.path,
                        "what": "deleted" if not change.after else "changed" if change.before else "created",
                        "at": datetime.fromtimestamp(change.at).astimezone().isoformat(timespec="seconds"),
                        "run": change.run,
                    }
                    for change in mine
                ]
            ),
        )

    async def restore_file(context: ToolContext, change: str) -> Content:
        """Take a change of a file back: one that was deleted is there again, one that was created goes.

        Args:
            context: The call's.
            change: The change's id, as list_file_changes has it.
        """
        _own(access, change, context)
        root = await access.root(context)
        run = access.readings.of(context.actor).run
        user, step = context.actor.user, context.step
        undone = await to_its_end(lambda: access.changes.restore(root, change, run=run, user=user, step=step))
        return (TextContent(f"{undone.path} is as it was before. To take that back: change {undone.id}."),)

    async def target(arguments: Mapping[str, Any], context: ToolContext) -> Target:
        path = await asyncio.to_thread(_own, access, str(arguments["change"]), context)
        found = await access.target({"path": path}, context)
        # Of a notebook only its creation is kept here; what its policy says holds for taking that back as well.
        return Target("notebook", found.name, found.name, hash=found.hash) if path.endswith(NOTEBOOK) else found

    async def shown(arguments: Mapping[str, Any], context: ToolContext) -> Preview:
        return Preview(f"Puts {await asyncio.to_thread(_own, access, str(arguments['change']), context)} back.")

    return [
        declared(list_file_changes, effects=["read"]),
        declared(restore_file, effects=["write"], target=target, preview=shown, undoable=True),
    ]


def _own(access: FileAccess, id: str, context: ToolContext) -> str:
    """The path that a change is of, made for the same person."""
    change = access.changes.get(id)
    if change.user != context.actor.user:
        raise NotFound(f"There is no change {id[:80]!r}.", hint="`list_file_changes` tells which there are.")
    return change.path


async def _write(access: FileAccess, context: ToolContext, path: str, after: Any, *, new: bool) -> Content:
    """Write a file whose state the actor knows, having kept it as it was; then see that it is what it should be."""
    root = await access.root(context)
    readings = access.readings.of(context.actor)

    def work() -> str:
        place = root.locate(path)
        no_notebook(place)
        held = root.read_if_there(place)
        if held is None and not new:
            raise NotFound(f"There is no file {place.shown}.", hint="`list_files` tells what there is.")
        base = "" if held is None else known(access.readings, context, place, held)
        data = after(place, "" if held is None else utf8_in(held, place)).encode()
        mode = 0o644 if held is None else held.mode
        before = None if held is None else held.data
        user, step = context.actor.user, context.step
        change = access.changes.keep(place.shown, before, data, run=readings.run, user=user, mode=mode, step=step)
        try:
            root.write(place, data, base, mode=mode)
        except BaseException:
            access.changes.forget(change)
            raise
        readings.remember(f"file:{place.shown}", change.after)
        told = f"Wrote {place.shown}, {len(data):,} bytes."
        if root.read(place).hash != change.after:
            told += " Somebody else has changed it since; read it again."
        return f"{told} restore_file with change {change.id} takes that back."

    return (TextContent(await to_its_end(work)),)


def _replaced(text: str, old: str, new: str, count: int) -> str:
    found = text.count(old) if old else 0
    if not found or found != count:
        raise InvalidArguments(f"The passage is in the file {found} times, not {count}; nothing was written.")
    return text.replace(old, new)


def _lines(text: str, place: Located, first: int, last: int) -> str:
    lines = text.splitlines()
    end = min(last or len(lines), first + MOST_LINES - 1, len(lines))
    head = f"{place.shown}, lines {first} to {end} of {len(lines):,}:" if lines else f"{place.shown} is empty."
    return "\n".join([head, *lines[first - 1 : end]])
