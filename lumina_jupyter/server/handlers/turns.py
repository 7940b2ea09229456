"""`/lumina/api/conversations/{id}/turns`: questions whose answers go on whoever leaves."""

from __future__ import annotations

from dataclasses import replace

from jupyter_server.auth.decorator import authorized

from ..conversation_base import ConversationBase
from ..rights import within_rights
from ..tool_base import rights_of


class TurnsHandler(ConversationBase):
    """Asks a question of a conversation."""

    @authorized
    async def post(self, conversation_id: str) -> None:
        """Put it into the log and begin to answer it; the answer is read from the conversation's stream."""
        memory = await self.memory()
        conversation = await memory.get(conversation_id, self.viewer)
        from ..turn_body import NewTurn

        turn = await self.body(NewTurn)
        asked = turn.question(conversation_id, conversation.notebook, self.asker)
        question = replace(await within_rights(self, asked), rights=await rights_of(self))
        started = await memory.start(question, self.viewer)
        self.set_status(202)
        self.answer(started)
