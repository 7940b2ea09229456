"""`/doc`: docstrings and comments for a cell."""

from __future__ import annotations

from ..command import Command, CommandInfo
from ..target import Target


def _prompt(argument: str, target: Target) -> str:
    parts = [
        f"Document this {target.kind}: add docstrings to its functions and classes, and a comment where the code "
        "does not explain itself. Do not change what it does.",
        target.block,
        *([argument] if argument else []),
        f"Reply with the whole documented code in one ```{target.language} block and nothing else.",
    ]
    return "\n\n".join(parts)


DOC = Command(
    info=CommandInfo(
        name="doc",
        title="Document",
        description="Add docstrings and comments to a cell.",
        argument="a style, or @cell:#3",
        required=False,
        about="cell",
        result="replace",
    ),
    prompt=_prompt,
)
