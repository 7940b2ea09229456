"""`/explain`: what a cell does, or why it failed."""

from __future__ import annotations

from ..command import Command, CommandInfo
from ..target import Target, fenced


def _prompt(argument: str, target: Target) -> str:
    if target.selection:
        what = f"{target.block}\n\nExplain only this part of it:\n\n{fenced(target.selection, target.language)}"
        ask = "Explain briefly what that part does, for somebody who reads it for the first time."
    elif target.failure:
        what = f"{target.block}\n\nIt fails with {target.failure.sentence}."
        if target.failure.trace:
            what += f"\n\n{fenced(target.failure.trace)}"
        ask = "Explain briefly why it fails and how to mend it."
    else:
        what = target.block if target.language != "text" else target.source
        ask = "Explain briefly what this does, for somebody who reads it for the first time."
    return f"{what}\n\n{argument or ask}"


EXPLAIN = Command(
    info=CommandInfo(
        name="explain",
        title="Explain",
        description="Explain what a cell does, or why it failed.",
        argument="what you want to know, or @cell:#3",
        required=False,
        about="cell",
        result="answer",
    ),
    prompt=_prompt,
)
