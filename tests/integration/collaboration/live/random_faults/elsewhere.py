"""Another program that writes the notebook's file, and knows nothing of anybody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Set
from contextlib import suppress
from pathlib import Path
from typing import Any

from .ledger import Ledger
from .story import Step


class OtherProgram:
    """It reads the file, changes what it read, and writes it; sometimes much later.

    Args:
        ledger: Where all that it writes is noted.
        writing: The server's writes that are under way. Programs that know nothing of each other cannot write one file
            in the same millisecond, and no server can help them: this one waits until there are none.
    """

    def __init__(self, ledger: Ledger, writing: Set[object]) -> None:
        self._ledger = ledger
        self._writing = writing
        self._stale: dict[str, Any] | None = None

    async def act(self, step: Step, file: Path) -> str:
        """Do what the story says."""
        content = await self._read(file)
        if content is None or not content["cells"]:
            return "another program cannot read the file"
        if step.what == "stale":
            if self._stale is None:
                self._stale = content
                return "another program reads the file"
            content, self._stale = self._stale, None
            done = self._edit(step, content)
        else:
            done = getattr(self, f"_{step.what}")(step, content)
        _write(file, content, in_place=step.how < 0.5)
        return f"another program {done}"

    def forget(self) -> None:
        """It has never read the file."""
        self._stale = None

    async def _read(self, file: Path) -> dict[str, Any] | None:
        """The notebook; a program that finds half of a file looks again."""
        for _ in range(50):
            if not self._writing:
                with suppress(ValueError, OSError):
                    content: dict[str, Any] = json.loads(_text_of(file))
                    return content
            await asyncio.sleep(0.002)
        return None

    def _edit(self, step: Step, content: dict[str, Any]) -> str:
        cell = content["cells"][int(step.at * len(content["cells"]))]
        source = "".join(cell["source"])
        place = int(step.where * (len(source) + 1))
        _, written = self._ledger.write(cell["id"])
        cell["source"] = source[:place] + written + source[place:]
        return f"writes {written!r} into {cell['id']} at {place}"

    def _insert(self, step: Step, content: dict[str, Any]) -> str:
        name = self._ledger.cell()
        _, written = self._ledger.write(name)
        at = int(step.at * (len(content["cells"]) + 1))
        content["cells"].insert(at, {"cell_type": "markdown", "id": name, "source": written, "metadata": {}})
        return f"inserts {name} with {written!r} at {at}"

    def _delete(self, step: Step, content: dict[str, Any]) -> str:
        if len(content["cells"]) < 3:
            return "deletes nothing"
        cell = content["cells"].pop(int(step.at * len(content["cells"])))
        self._ledger.delete(cell["id"])
        return f"deletes {cell['id']}"

    def _move(self, step: Step, content: dict[str, Any]) -> str:
        cell = content["cells"].pop(int(step.at * len(content["cells"])))
        to = int(step.where * (len(content["cells"]) + 1))
        content["cells"].insert(to, cell)
        return f"moves {cell['id']} to {to}"


def _text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _write(file: Path, content: dict[str, Any], *, in_place: bool) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=in_place)
    if in_place:
        file.write_text(text, encoding="utf-8")
        return
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)
