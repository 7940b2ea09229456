"""From a call to what people are asked about it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...telemetry.redaction import redact
from ..context import ToolContext
from ..effects import EFFECTS
from ..preview import Preview
from ..target import Target
from ..tool import Tool
from .approval import Approval
from .gate import effects_of
from .rule import Scope, extent_of, place_of

MOST_CHARACTERS = 20_000
"""Characters of arguments and of each part of a preview that people are shown."""


def approval_for(
    tool: Tool,
    arguments: Mapping[str, Any],
    target: Target,
    context: ToolContext,
    preview: Preview | None,
    *,
    reason: str,
    seconds: float,
) -> Approval:
    """The approval to be asked for; it has no id yet."""
    now = time.time()
    effects = effects_of(tool)
    return Approval(
        id="",
        state="pending",
        tool=tool.name,
        title=tool.title,
        source=tool.source,
        tool_digest=tool.digest,
        effects=tuple(effect for effect in EFFECTS if effect in effects),
        actor_kind=context.actor.kind,
        actor_name=context.actor.name,
        user=context.actor.user,
        run=context.actor.run,
        conversation=context.conversation,
        notebook=context.notebook,
        target=replace(target, name=_shown(target.name)),
        arguments=_shown(json.dumps(arguments, ensure_ascii=False, indent=1, default=str)),
        preview=_previewed(preview),
        reason=reason,
        scopes=_scopes(target, context),
        created_at=now,
        expires_at=now + seconds,
        audience=context.audience,
    )


def _scopes(target: Target, context: ToolContext) -> tuple[Scope, ...]:
    """How far a rule could reach that is made of the verdict."""
    scopes: list[Scope] = []
    if place_of("cell", target, context.notebook):
        scopes.append("cell")
    if context.actor.run:
        scopes.append("run")
    if place_of(extent_of("always", target), target, context.notebook):
        scopes.append("always")
    return tuple(scopes)


def _previewed(preview: Preview | None) -> Preview | None:
    if preview is None:
        return None
    return Preview(summary=_shown(preview.summary), diff=_shown(preview.diff), code=_shown(preview.code))


def _shown(text: str) -> str:
    clean = redact(text.encode("utf-8", "replace").decode())
    if len(clean) <= MOST_CHARACTERS:
        return clean
    return f"{clean[:MOST_CHARACTERS]}\n[{len(clean) - MOST_CHARACTERS:,} characters more are not shown here]"
