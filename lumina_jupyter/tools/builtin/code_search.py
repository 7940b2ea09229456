"""Looks names up in code with jedi, in a process of its own: it takes long for some code, and loads compiled modules.

Run as `python -P -m lumina_jupyter.tools.builtin.code_search`: a request as JSON in, the found names as JSON out.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...errors import ToolFailed

SECONDS = 25.0
MOST_NAMES = 300


async def looked_up(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The names that jedi finds.

    Raises:
        ToolFailed: when it takes too long, or cannot.
    """
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
        raise ToolFailed("Looking through the code took too long.", hint="Use search_files instead.") from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        raise ToolFailed("The code could not be looked through.", hint="Use search_files instead.")
    found: list[dict[str, Any]] = json.loads(told)
    return found


def look_up(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What is asked for: the symbols of a text, where the name at a place is defined, or where it is used."""
    import jedi  # type: ignore[import-untyped]  # it has no types

    # Not the interpreter of a virtual environment in the folder: nothing that lies there is started.
    project = jedi.Project(asked["base"], load_unsafe_extensions=False)
    script = jedi.Script(
        asked["code"],
        path=Path(asked["base"]) / asked["file"],
        project=project,
        environment=jedi.InterpreterEnvironment(),
    )
    if asked["what"] == "symbols":
        names = script.get_names(all_scopes=True, definitions=True)
        names = [name for name in names if name.type in {"class", "function", "statement"} and _is_of_module(name)]
    elif asked["what"] == "definitions":
        names = script.goto(asked["line"], asked["column"], follow_imports=True)
    else:
        names = script.get_references(asked["line"], asked["column"], include_builtins=False)
    return [_told(name) for name in names[:MOST_NAMES]]


def _is_of_module(name: Any) -> bool:
    """Whether it is something that others can name: not a variable within a function."""
    parent = name.parent()
    return parent is None or parent.type in {"module", "class"}


def _told(name: Any) -> dict[str, Any]:
    return {
        "name": name.name,
        "type": name.type,
        "full_name": name.full_name or "",
        "path": str(name.module_path) if name.module_path is not None else "",
        "module": name.module_name or "",
        "line": name.line or 0,
        "column": name.column or 0,
        "description": name.description[:300],
    }


if __name__ == "__main__":
    json.dump(look_up(json.load(sys.stdin)), sys.stdout)
