"""Who could take work from a run: told in its scene, so that its plans can count on them."""

from __future__ import annotations

from dataclasses import replace

from ..live_run import LiveRun
from ..personas import Personas
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
            return replace(scene, colleagues=tuple((each.name, each.description) for each in known))
    return replace(scene, tools=tuple(tool for tool in scene.tools if tool != DELEGATE))
