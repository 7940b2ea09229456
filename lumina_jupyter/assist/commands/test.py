"""`/test`: tests for a cell, in a cell of their own."""

from __future__ import annotations

from ..command import Command, CommandInfo
from ..target import Target


def _prompt(argument: str, target: Target) -> str:
    how = "with plain assert statements" if target.language == "python" else "with the language's own assertions"
    parts = [
        f"Write tests for this {target.kind}, {how}. It has run already: do not repeat it, call what it defines.",
        target.block,
        *([argument] if argument else []),
        f"Reply with the tests in one ```{target.language} block and nothing else.",
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
