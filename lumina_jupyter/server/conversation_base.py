"""What the routes of conversations share: who may read them at all, and where they are."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from ..errors import Forbidden
from .base import LuminaHandler

if TYPE_CHECKING:
    from ..memory import Memory


class ConversationBase(LuminaHandler):
    """A route over conversations. They speak of notebooks: who may not read these may not read them."""

    async def prepare(self, **options: Any) -> None:
        """Let in who may come in and may read contents. A kernel reads files as it likes, and is not asked."""
        await super().prepare(**options)
        if self.is_kernel or self.current_user is None or self.request.method == "OPTIONS":
            return
        allowed = self.authorizer.is_authorized(self, self.current_user, "read", "contents")
        if not (await allowed if inspect.isawaitable(allowed) else allowed):
            raise Forbidden("Conversations are open to those who may read notebooks.", hint="Ask the server's owner.")

    async def memory(self) -> Memory:
        """All that was said."""
        return (await self.engine()).memory
