"""Log messages for clients of the older protocols, whose newest has done away with them: what a running tool says."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext

LEVELS: tuple[types.LoggingLevel, ...] = (
    *("debug", "info", "notice", "warning"),
    *("error", "critical", "alert", "emergency"),
)
SESSION = "mcp-session-id"
MOST_SESSIONS = 1_000

Context = ServerRequestContext[Any, Any]


def session_of(context: Context) -> str:
    """The session that a request belongs to; empty where there are none."""
    return str(context.request.headers.get(SESSION, "")) if context.request is not None else ""


class Logs:
    """Who wants to be told, and from which level on."""

    def __init__(self) -> None:
        self._levels: OrderedDict[str, types.LoggingLevel] = OrderedDict()

    async def set_level(self, context: Context, params: types.SetLevelRequestParams) -> types.EmptyResult:
        """A session wants what is at least so grave."""
        if session := session_of(context):
            self._levels[session] = params.level
            self._levels.move_to_end(session)
            if len(self._levels) > MOST_SESSIONS:
                self._levels.popitem(last=False)
        return types.EmptyResult()

    async def info(self, context: Context, line: str) -> None:
        """Tell a request's client a line, if it wants to be told such."""
        level = self._levels.get(session_of(context))
        if level is None or LEVELS.index(level) > LEVELS.index("info"):
            return
        told = types.LoggingMessageNotificationParams(level="info", data=line, logger="lumina")
        await context.session.send_notification(
            types.LoggingMessageNotification(params=told), related_request_id=context.request_id
        )
