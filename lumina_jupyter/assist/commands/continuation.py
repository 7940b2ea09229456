"""`/continue`: what comes next in a cell."""

from __future__ import annotations

from ..command import Command, CommandInfo
from ..target import Target


def _prompt(argument: str, target: Target) -> str:
    parts = [
        f"This {target.kind} is not complete:",
        target.block,
        *([argument] if argument else []),
        f"Write only the lines that come next, not the ones above. Reply with them in one ```{target.language} block "
        "and nothing else.",
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
