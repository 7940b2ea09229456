"""`/lumina/api/tools`: what tools there are, those of a notebook, and calling one."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_server.auth.decorator import authorized

from ..event_stream import StreamingHandler
from ..tool_base import ToolBase, rights_of

if TYPE_CHECKING:
    from ...tools import Actor, ToolContext


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """A call of a tool, from a notebook or from nowhere in particular."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    arguments: dict[str, Any] = field(default_factory=dict)
    notebook: str = ""
    kernel_id: str = ""


class ToolsHandler(ToolBase):
    """Lists tools."""

    @authorized
    async def get(self) -> None:
        """Those that are seen from `?notebook=` or `?kernel_id=`, with what the gate says of a model that calls them."""
        from ...tools import Actor, tool_info

        engine = await self.engine()
        kernel_id = self.get_query_argument("kernel_id", "")
        notebook = await self.service.notebooks.of_kernel(kernel_id, self.get_query_argument("notebook", ""))
        context = await _context(self, Actor("chat", self.asker), notebook, kernel_id)
        judged = await engine.tools.judged(context)
        tools = [asdict(tool_info(tool, decision)) for tool, decision in judged]
        self.answer({"tools": tools, "troubles": [asdict(each) for each in engine.tools.registry.troubles()]})


class DeclaredToolsHandler(ToolBase):
    """Takes the tools that a notebook declares."""

    @authorized
    async def put(self) -> None:
        """Let a notebook have these tools and no others; they run in its kernel."""
        from ...errors import InvalidBody
        from ...tools import notebook_tool
        from ..tool_bodies import NewDeclarations

        given = await self.body(NewDeclarations)
        notebook = await self.service.notebooks.of_kernel(given.kernel_id, given.notebook)
        if not notebook or not given.kernel_id:
            raise InvalidBody("A notebook with a kernel declares tools.", field="kernel_id")
        await self.check_rights(("execute",))
        engine = await self.engine()
        tools = await self.in_thread(
            lambda: [notebook_tool(each, notebook, given.kernel_id, self.service.kernels) for each in given.tools]
        )
        troubles = engine.tools.registry.replace(f"notebook:{notebook}", tools)
        self.answer({"troubles": [asdict(each) for each in troubles]})


class ToolCallHandler(StreamingHandler, ToolBase):
    """Calls a tool."""

    @authorized
    async def post(self, name: str) -> None:
        """Call it and tell how it goes up to its outcome; who leaves stops it."""
        from ...gateway.requests import new_request_id
        from ...tools import ToolCall
        from ..tool_frames import written

        given = await self.body(NewCall)
        notebook = await self.service.notebooks.of_kernel(given.kernel_id, given.notebook)
        engine = await self.engine()
        context = await _context(self, self.actor, notebook, given.kernel_id)
        call = ToolCall(new_request_id(), name, given.arguments)
        async with self.while_connected(), aclosing(engine.tools.watch(call, context)) as steps:
            self.begin_stream()
            async for step in steps:
                await self.send_frames(written(step))


async def _context(handler: ToolBase, actor: Actor, notebook: str, kernel_id: str) -> ToolContext:
    from ...tools import ToolContext

    allowed = frozenset(await rights_of(handler))
    return ToolContext(actor=actor, notebook=notebook, kernel_id=kernel_id, allowed=allowed)
