"""The tool that searches files for text, within bounds, in a process of its own time: some patterns take for ever."""

from __future__ import annotations

import asyncio
import fnmatch
import json
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ...context.sources.files import decoded
from ...errors import InvalidArguments, LuminaError, ToolFailed
from ..content import Content, TextContent
from ..context import ToolContext
from ..declaration import declared
from ..tool import Tool
from .file_access import NOTEBOOK, FileAccess
from .file_root import SKIPPED, FileRoot, Located

SECONDS = 15.0
MOST_FILES = 5_000
MOST_MATCHES = 200
SEARCHED_BYTES = 2_000_000
"""Files that are larger are passed over."""
LINE_CHARACTERS = 300
MOST_DEPTH = 20


def search_tool(access: FileAccess) -> Tool:
    """`search_files`."""

    async def search_files(
        context: ToolContext, pattern: str, path: str = ".", names: str = "*", regex: bool = False
    ) -> Content:
        """Search text files for a text, small and large letters alike, and see the lines. Notebooks are not searched.

        Args:
            context: The call's.
            pattern: The text, or a regular expression of Python's.
            path: The folder to search, relative to the folder of the notebooks, with all folders in it.
            names: Which files, as `*.py`.
            regex: Whether `pattern` is a regular expression.
        """
        try:
            re.compile(pattern if regex else re.escape(pattern))
        except (re.error, RecursionError, OverflowError) as error:
            raise InvalidArguments(f"That is no regular expression: {error}.") from error
        root = await access.root(context)
        place = await asyncio.to_thread(root.locate, path)
        asked = {**root.described(), "path": place.shown, "pattern": pattern, "names": names, "regex": regex}
        return (TextContent(await _search(asked) or "Nothing was found."),)

    return declared(search_files, effects=["read"], target=access.folder, timeout=SECONDS + 5.0)


async def _search(asked: dict[str, object]) -> str:
    # -P: no module of the working folder takes the place of one of ours.
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        __name__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(SECONDS):
            told, _ = await process.communicate(json.dumps(asked).encode())
    except TimeoutError as error:
        raise ToolFailed(
            "The search took too long.", hint="Search a smaller folder or for something simpler."
        ) from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        raise ToolFailed("The search failed.", hint="Search a smaller folder or for something simpler.")
    return told.decode(errors="replace")


def matches(root: FileRoot, place: Located, pattern: re.Pattern[str], names: str) -> Iterator[str]:
    """The lines that match, as `path:line: text`, and what was left out."""
    found = 0
    for number, file in enumerate(_files(root, place, names)):
        if number == MOST_FILES:
            yield f"[… more than {MOST_FILES:,} files; the others were not searched …]"
            return
        try:
            text = decoded(root.read(file).data)
        except LuminaError:
            continue
        for at, line in enumerate((text or "").splitlines(), start=1):
            if pattern.search(line):
                yield f"{file.shown}:{at}: {line.strip()[:LINE_CHARACTERS]}"
                found += 1
                if found == MOST_MATCHES:
                    yield f"[… only the first {MOST_MATCHES} matches are shown …]"
                    return


def _files(root: FileRoot, place: Located, names: str) -> Iterator[Located]:
    if root.kind(place) == "file":
        if not place.name.lower().endswith(NOTEBOOK):
            yield place
        return
    try:
        entries = root.names(place)
    except LuminaError:
        return
    for name, kind, size in entries:
        inside = Located((*place.parts, name))
        if kind == "folder":
            if name not in SKIPPED and len(inside.parts) <= MOST_DEPTH:
                yield from _files(root, inside, names)
        elif size <= SEARCHED_BYTES and fnmatch.fnmatch(name, names) and not name.lower().endswith(NOTEBOOK):
            yield inside


def main() -> None:
    """What is asked as JSON on standard input, the lines on standard output."""
    asked = json.load(sys.stdin)
    root = FileRoot(Path(asked["base"]), [Path(each) for each in asked["private"]], hidden=asked["hidden"])
    pattern = re.compile(asked["pattern"] if asked["regex"] else re.escape(asked["pattern"]), re.IGNORECASE)
    for line in matches(root, root.locate(asked["path"]), pattern, asked["names"]):
        sys.stdout.buffer.write(f"{line}\n".encode(errors="replace"))


if __name__ == "__main__":
    main()
