"""`/optimize`: a cell that does the same faster or with less memory."""

from __future__ import annotations

from ..command import Command, CommandInfo
from ..target import Target


def _prompt(argument: str, target: Target) -> str:
    parts = [
        f"Make this {target.kind} faster or simpler, so that it gives exactly the same results under the same names.",
        target.block,
        *([argument] if argument else []),
        f"Reply with the whole improved code in one ```{target.language} block, "
        "followed by one sentence that says what is better.",
    ]
    return "\n\n".join(parts)


OPTIMIZE = Command(
    info=CommandInfo(
        name="optimize",
        title="Optimize",
        description="Make a cell faster or simpler, with the same results.",
        argument="what matters, or @cell:#3",
        required=False,
        about="cell",
        result="replace",
    ),
    prompt=_prompt,
)
