"""`/lumina/api/context`: what a model would be shown beside a question, and the map of a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized

from ...errors import Forbidden, NotFound
from ..base import LuminaHandler
from ..rights import may_read, within_rights

if TYPE_CHECKING:
    from ...context.map import Execution
    from ..context_bodies import WantedMap


class ContextPreviewHandler(LuminaHandler):
    """Gathers without asking."""

    @authorized
    async def post(self) -> None:
        """Say what a question would be sent with; nothing is sent."""
        from ...memory import Question

        question = await self.body(Question)
        notebook = await self.service.notebooks.of_kernel(question.kernel_id, question.notebook)
        question = await within_rights(self, replace(question, notebook=notebook))
        engine = await self.engine()
        self.answer((await engine.gather(question)).preview)


class NotebookMapHandler(LuminaHandler):
    """Draws the map of a notebook."""

    @authorized
    async def post(self) -> None:
        """Say which cells are stale, where variables come from, and what to run again."""
        from ...context.map import notebook_map
        from ..context_bodies import WantedMap

        wanted = await self.body(WantedMap)
        notebook = await self.service.notebooks.of_kernel(wanted.kernel_id, wanted.notebook)
        engine = await self.engine()
        view = wanted.view
        if view is None:
            if not self.is_kernel and not await may_read(self, "contents"):
                raise Forbidden("You may not read this server's notebooks.", hint="Ask the server's owner.")
            view = await engine.notebook_view(notebook)
        if view is None:
            raise NotFound(f"There is no notebook {notebook!r}.", hint="Save it first, or name it by its path.")
        found = view
        executions = await self._executions(wanted)
        self.answer(await self.in_thread(lambda: notebook_map(found, executions)))

    async def _executions(self, wanted: WantedMap) -> Sequence[Execution] | None:
        """What was sent, else what the kernel says; None where it says nothing, or who asks may not look into it.

        A kernel sends its own and is told of no other's.
        """
        if wanted.executions is not None:
            return wanted.executions
        if not wanted.kernel_id or self.is_kernel or not await may_read(self, "kernels"):
            return None
        ran = await self.service.eyes.executions(wanted.kernel_id)
        if ran is None:
            return None
        from ...context.map import Execution

        return [Execution(count=each.count, source=each.source) for each in ran]
