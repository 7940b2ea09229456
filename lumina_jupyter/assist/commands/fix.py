"""`/fix`: the cell that failed, corrected."""

from __future__ import annotations

from ..command import Command, CommandInfo
from ..target import Target, fenced


def _prompt(argument: str, target: Target) -> str:
    # The order matters to small models: what to do, the code, the error, and the form of the answer last.
    parts = [f"Fix this {target.kind}.", target.block]
    if target.failure:
        parts += ["It fails with this error:", fenced(target.failure)]
    if argument:
        parts.append(argument)
    parts.append(
        f"Reply with the whole corrected code in one ```{target.language} block, "
        "followed by one sentence that explains the error."
    )
    return "\n\n".join(parts)


FIX = Command(
    info=CommandInfo(
        name="fix",
        title="Fix",
        description="Correct a cell that failed.",
        argument="what is wrong, or @cell:#3",
        required=False,
        about="error",
        result="replace",
    ),
    prompt=_prompt,
)
