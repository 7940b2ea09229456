"""`/edit`: a cell, changed as somebody says."""

from __future__ import annotations

from ..command import Command, CommandInfo
from ..target import Target, fenced


def _prompt(argument: str, target: Target) -> str:
    parts = [f"Change this {target.kind}.", target.block]
    if target.selection:
        parts += ["Change only this part of it:", fenced(target.selection, target.language)]
    parts += [
        f"Do this: {argument}",
        f"Keep everything else as it is. Reply with the whole changed {target.noun} in one "
        f"```{target.language} block and nothing else.",
    ]
    return "\n\n".join(parts)


EDIT = Command(
    info=CommandInfo(
        name="edit",
        title="Edit",
        description="Change a cell as you say.",
        argument="what to change",
        required=True,
        about="cell",
        result="replace",
    ),
    prompt=_prompt,
)
