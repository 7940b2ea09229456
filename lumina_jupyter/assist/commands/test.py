"""`/test`: tests for a cell, in a cell of their own."""

from __future__ import annotations

import re

from ..command import Command, CommandInfo
from ..target import Target

_NAMES = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)


def _prompt(argument: str, target: Target) -> str:
    names = _NAMES.findall(target.source) if target.language == "python" else []
    what = " and ".join(f"`{name}`" for name in names) or "what it defines"
    if target.language == "python":
        form = f"Write one assert statement a line, each of the form `assert {names[0] if names else 'name'}(…) == …`."
    else:
        form = "Use the language's own assertions."
    parts = [
        f"This {target.kind} has run already:",
        target.block,
        f"Write tests that call {what} with several values and check what comes back. {form}",
        *([argument] if argument else []),
        f"Do not write {what} again. Reply with the tests alone, in one ```{target.language} block.",
    ]
    return "\n\n".join(parts)


TEST = Command(
    info=CommandInfo(
        name="test",
        title="Test",
        description="Write tests for a cell into a new cell below it.",
        argument="what to test, or @cell:#3",
        required=False,
        about="cell",
        result="insert",
    ),
    prompt=_prompt,
)
