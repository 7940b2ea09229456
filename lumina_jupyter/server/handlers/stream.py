"""`/lumina/api/conversations/{id}/stream`: a conversation as it goes on, resumable at every entry."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from jupyter_server.auth.decorator import authorized

from ..conversation_base import ConversationBase
from ..event_stream import StreamingHandler
from .conversations import LAST_NUMBER

MANY_ENTRIES = 50
"""Entries from which on they are written out in a thread, so that the event loop goes on."""


class ConversationStreamHandler(StreamingHandler, ConversationBase):
    """Reads a conversation and stays."""

    @authorized
    async def get(self, conversation_id: str) -> None:
        """Everything after `Last-Event-ID` or `?after=`, and then whatever comes."""
        after = self.last_event() or self.number("after", 0, least=0, most=LAST_NUMBER)
        memory = await self.memory()
        await memory.get(conversation_id, self.viewer)
        from ..frames import count, written

        async with self.while_connected(), aclosing(memory.read(conversation_id, self.viewer, after=after)) as batches:
            self.begin_stream()
            async for batch in batches:
                if count(batch) > MANY_ENTRIES:
                    text = await asyncio.to_thread(written, batch)
                else:
                    text = written(batch)
                await self.send_frames(text)
