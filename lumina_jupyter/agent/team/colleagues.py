"""Who could take work from a run: told in its scene, so that its plans can count on them."""

from __future__ import annotations

from dataclasses import replace

from ...tools.choice import is_chosen
from ..live_run import LiveRun
from ..personas import Persona, Personas
from ..scene import Scene

DELEGATE = "delegate"
"""The tool that gives work away."""


async def with_colleagues(scene: Scene, run: LiveRun, personas: Personas, depth: int) -> Scene:
    """The scene with the colleagues of the run's persona, or without the tool when it has none.

    Args:
        scene: What there is else.
        run: Who plans.
        personas: Who there is.
        depth: How often work may be given away.
    """
    if DELEGATE not in scene.tools:
        return scene
    own = run.persona
    if own is not None and run.request.depth < depth:
        known = [each for each in await personas.list() if own.may_hand_over_to(each.name)]
        if known:
            listed = tuple((each.name, each.description) for each in known)
            return replace(scene, colleagues=listed, divides=coordinates(own))
    return replace(scene, tools=tuple(tool for tool in scene.tools if tool != DELEGATE))


def coordinates(persona: Persona) -> bool:
    """Whether a persona is there to give work away: the tool for it is one that it names, and not just among all."""
    named = [pattern for pattern in persona.tools if pattern != "*" and not pattern.startswith("!")]
    return persona.may_call(DELEGATE) and bool(named) and is_chosen(DELEGATE, named)
