"""The tool by which a coordinator gives parts of its task to colleagues."""

from __future__ import annotations

from collections.abc import Callable

from ...errors import ToolDenied
from ...tools import Content, TextContent, Tool, ToolContext, declared
from ..live_run import LiveRun
from .colleagues import DELEGATE
from .messages import Finished, Part
from .team import Team

_HOUR = 3600.0


def delegate_tool(team: Team, run_of: Callable[[str], LiveRun | None]) -> Tool:
    """The tool.

    Args:
        team: Does the parts.
        run_of: The run of that id that works at this moment.
    """

    async def delegate(context: ToolContext, parts: list[Part]) -> Content:
        """Give parts of the task to colleagues, who work on them at the same time; their reports come back.

        Args:
            context: The call's.
            parts: Each with the name of the `persona` that does it and its `task`, in words that make sense alone.
        """
        run = run_of(context.actor.run)
        if run is None:
            raise ToolDenied("Only a run of the agent gives work away.")
        finished = await team.work(run, parts, context.tell)
        return tuple(TextContent(_told(part, end)) for part, end in zip(parts, finished, strict=True))

    # It only starts runs, each call of which passes the gate by itself.
    return declared(delegate, name=DELEGATE, effects=["read"], timeout=_HOUR, actors=["agent"])


def _told(part: Part, end: Finished) -> str:
    return f"## {part.persona}: {part.task}\n({end.outcome}) {end.text}\n"
