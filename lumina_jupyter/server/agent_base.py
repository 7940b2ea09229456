"""What the routes of agent runs share: which run is meant, and who may say what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Forbidden
from .tool_base import DecidingBase

if TYPE_CHECKING:
    from ..agent import RunView
    from ..agent.agents import Agents
    from ..memory.question import Right


class AgentBase(DecidingBase):
    """A route over runs of the agent. They are as visible as the conversation that they belong to."""

    async def agents(self) -> Agents:
        """The agent."""
        return (await self.engine()).agents

    async def run_of(self, run_id: str) -> RunView:
        """A run as it is now.

        Raises:
            NotFound: when there is none of that id for who asks.
        """
        return await (await self.agents()).get(run_id, self.viewer.name)

    async def notebook_of(self, notebook: str, kernel_id: str) -> str:
        """The notebook that is meant, below the server's root; for a kernel its own.

        Raises:
            Forbidden: when a kernel names another notebook than its own, or belongs to none.
        """
        named = notebook.removeprefix("RTC:").strip("/")
        if not self.is_kernel:
            return await self.service.notebooks.of_kernel(kernel_id, named)
        own = await self.service.notebooks.of_kernel(kernel_id)
        # Jupyter tells kernels the whole path of their notebook.
        if not own or (named and not f"/{named}".endswith(f"/{own}")):
            raise Forbidden(
                "A kernel may start the agent in its own notebook alone.",
                hint="Start it in JupyterLab, or with `lumina agent` outside of a kernel.",
            )
        return own

    async def check_may_drive(self, run: RunView) -> None:
        """Nothing when who asks could do by themselves what the run's plan does.

        Raises:
            Forbidden: when not: nobody can permit what they may not do themselves.
        """
        engine = await self.engine()
        await engine.tools.registry.ready()
        tools = {tool.name: tool for tool in engine.tools.registry.list(run.notebook)}
        effects: set[Right] = set()
        for step in run.plan.steps if run.plan is not None else ():
            if step.tool in tools:
                effects |= set(tools[step.tool].effects)
        await self.check_rights(effects)
