"""`/continue`: what comes next in a cell."""

from __future__ import annotations

from ..command import Command, CommandInfo
from ..target import Target


def _prompt(argument: str, target: Target) -> str:
    # Small models give back what they are shown: asked for the whole they go on, asked for the rest they repeat.
    parts = [
        f"This {target.kind} stops in the middle:",
        target.block,
        *([argument] if argument else []),
        f"Write what comes next. Reply with one ```{target.language} block that has these lines and, below them, "
        "the new ones that are missing.",
    ]
    return "\n\n".join(parts)


CONTINUE = Command(
    info=CommandInfo(
        name="continue",
        title="Continue",
        description="Write what comes next in a cell.",
        argument="where it should go, or @cell:#3",
        required=False,
        about="cell",
        result="append",
    ),
    prompt=_prompt,
)
