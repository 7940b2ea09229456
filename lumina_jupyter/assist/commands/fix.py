"""`/fix`: the cell that failed, corrected."""

from __future__ import annotations

from ...context.advice import advice
from ..command import Command, CommandInfo
from ..target import Target, fenced


def _prompt(argument: str, target: Target) -> str:
    # What a small model reads last it copies: the error goes before the code, and is no block where it can be avoided.
    failure = target.failure
    parts = [f"This {target.kind} fails with {failure.sentence}." if failure else f"This {target.kind} is wrong."]
    if failure and failure.trace:
        parts += ["The traceback:", fenced(failure.trace)]
    parts.append(target.block)
    parts += [each for each in (argument, advice(failure.error) if failure else "") if each]
    parts.append(
        f"Change the code so that it runs without this error. Write the whole changed code in one ```{target.language} "
        "block, and then one sentence that says what was wrong."
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
