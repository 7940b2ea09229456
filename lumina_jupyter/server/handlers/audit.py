"""`/lumina/api/audit`: what was decided about calls of tools, and what became of them."""

from __future__ import annotations

from dataclasses import asdict

from jupyter_server.auth.decorator import authorized

from ..tool_base import ToolBase

MOST_ENTRIES = 1000
LAST_NUMBER = 10**15


class AuditHandler(ToolBase):
    """Reads the log; closed to kernels."""

    kernels_allowed = False

    @authorized
    async def get(self) -> None:
        """The latest entries, the newest first; `?limit=100&before=&notebook=&tool=&call=`."""
        engine = await self.engine()
        entries = await engine.tools.audit.latest(
            self.viewer.name,
            limit=self.number("limit", 100, least=1, most=MOST_ENTRIES),
            before=self.number("before", 0, least=0, most=LAST_NUMBER),
            notebook=self.get_query_argument("notebook", ""),
            tool=self.get_query_argument("tool", ""),
            call=self.get_query_argument("call", ""),
        )
        self.answer({"entries": [asdict(entry) for entry in entries]})
