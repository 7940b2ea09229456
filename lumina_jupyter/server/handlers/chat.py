"""`/lumina/api/chat`: questions, answered as server-sent events, and stopping them."""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized

from ...events import to_dict
from ..base import LuminaHandler
from ..event_stream import StreamingHandler
from ..rights import within_rights
from ..tool_base import rights_of

if TYPE_CHECKING:
    from ...memory import Question


class ChatHandler(StreamingHandler):
    """Asks a question."""

    @authorized
    async def post(self) -> None:
        """Stream the answer, one event each; ends with `message_finished` or `failed`."""
        from ...memory import Question

        question = await within_rights(self, await self._placed(await self.body(Question)))
        engine = await self.engine()
        if question.conversation:
            await engine.memory.get(question.conversation, self.viewer)
        answer = engine.memory.ask(question, self.viewer)
        async with self.while_connected(question.request_id), aclosing(answer) as events:
            self.begin_stream()
            number = 0
            async for event in events:
                number += 1
                await self.send(json.dumps(to_dict(event), separators=(",", ":")), id=number)

    async def _placed(self, question: Question) -> Question:
        """The question with what the server knows better than who asks."""
        notebook = await self.service.notebooks.of_kernel(question.kernel_id, question.notebook)
        return replace(question, notebook=notebook, user=self.asker, asked_by="magic", rights=await rights_of(self))


class CancelHandler(LuminaHandler):
    """Stops an answer."""

    @authorized
    async def post(self, request_id: str) -> None:
        """Stop it, whoever reads it; its stream ends with `message_finished`, reason `cancelled`."""
        engine = await self.engine()
        cancelled = await engine.memory.cancel(request_id, self.viewer) or engine.cancel(request_id)
        self.answer({"cancelled": cancelled})
