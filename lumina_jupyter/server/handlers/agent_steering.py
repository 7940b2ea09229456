"""`/lumina/api/runs/{id}/…`: what people say to a run, and what becomes of it."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized

from ...errors import Forbidden
from ..agent_base import AgentBase


class AgentPlanHandler(AgentBase):
    """Decides about plans."""

    @authorized
    async def post(self, run_id: str) -> None:
        """Approve or refuse it. Nobody can approve what they may not do themselves."""
        self.check_decider()
        from ..agent_bodies import NewPlanVerdict

        given = await self.body(NewPlanVerdict)
        run = await self.run_of(run_id)
        if given.verdict == "approve":
            await self.check_may_drive(run)
        agents = await self.agents()
        self.answer(await agents.decide_plan(run_id, given.verdict, by=self.decider, viewer=self.viewer.name))


class AgentReplyHandler(AgentBase):
    """Answers what a run asked."""

    @authorized
    async def post(self, run_id: str) -> None:
        """Reply; as decisions, closed to kernels: what is said may be what a model wrote."""
        self.check_decider()
        from ..agent_bodies import NewReply

        given = await self.body(NewReply)
        given.check()
        await self.check_may_drive(await self.run_of(run_id))
        agents = await self.agents()
        self.answer(await agents.reply(run_id, given.text, by=self.decider, viewer=self.viewer.name))


class AgentSteeringHandler(AgentBase):
    """Pauses, resumes and stops runs."""

    @authorized
    async def post(self, run_id: str, word: str) -> None:
        """Whoever may see a run may hold or stop it; it goes on for who could do by themselves what it does."""
        agents, viewer = await self.agents(), self.viewer.name
        if word == "resume":
            await self.check_may_drive(await self.run_of(run_id))
            self.answer(await agents.resume(run_id, viewer=viewer))
        elif word == "pause":
            self.answer(await agents.pause(run_id, viewer=viewer))
        else:
            self.answer(await agents.stop(run_id, by=self.decider, viewer=viewer))


class AgentShiftHandler(AgentBase):
    """Shifts gears."""

    @authorized
    async def post(self, run_id: str) -> None:
        """Another gear, on the grid. A kernel may only shift down: a faster gear asks less."""
        from ..agent_bodies import NewShift

        given = await self.body(NewShift)
        given.check()
        run = await self.run_of(run_id)
        if given.gear > run.gear:
            if self.is_kernel and not self.service.settings.kernels_may_approve:
                raise Forbidden(
                    "A kernel may not shift to a faster gear, which asks less.",
                    hint="Shift in JupyterLab or with `lumina runs shift`; or set `c.Lumina.kernels_may_approve`.",
                )
            await self.check_may_drive(run)
        agents = await self.agents()
        self.answer(await agents.shift(run_id, given.gear, given.grid, viewer=self.viewer.name))


class AgentUndoHandler(AgentBase):
    """Undoes and redoes."""

    @authorized
    async def post(self, run_id: str, word: str) -> None:
        """Take a step or the whole run back, or bring it again; what people wrote since stays."""
        from ..agent_bodies import NewUndo

        given = await self.body(NewUndo)
        await self.run_of(run_id)
        await self.check_rights(("write",))
        agents = await self.agents()
        act = agents.undo if word == "undo" else agents.redo
        self.answer(await act(run_id, step=given.step, by=self.decider, viewer=self.viewer.name))
