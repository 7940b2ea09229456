"""What is live of all conversations: who reads which, what changed, and what other processes wrote."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from ..errors import LuminaError
from ..storage import Database
from .access import may_see
from .channel import Channel
from .conversations import Conversation, moved, states
from .frames import Changed, Frame, Gone, Removed
from .log import Log
from .people import Person, Viewer
from .reader import Reader

LOOK_SECONDS = 2.0
"""How often the database is asked what other processes (a kernel's own engine, the command line) wrote."""

log = logging.getLogger(__name__)


class LiveConversations:
    """The channels, made when somebody talks or reads and dropped when nobody does."""

    def __init__(self, database: Database, logs: Log) -> None:
        self._database = database
        self._logs = logs
        self._channels: dict[str, Channel] = {}
        self._readers: dict[Reader, Channel] = {}
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    def channel(self, conversation_id: str) -> Channel:
        """What is live of a conversation."""
        channel = self._channels.get(conversation_id)
        if channel is None:
            self._drop_idle()
            channel = self._channels[conversation_id] = Channel(conversation_id)
        return channel

    async def read(
        self, conversation: Conversation, viewer: Viewer, *, after: int = 0
    ) -> AsyncGenerator[Sequence[Frame], None]:
        """Everything after entry number `after`, and then whatever comes; the viewer may see the conversation."""
        channel = self.channel(conversation.id)
        # A number that was never given must not be taken for how far the log goes.
        after = min(after, conversation.events)
        reader = Reader(channel, self._logs, viewer, notebook=conversation.notebook, after=after)
        self._readers[reader] = channel
        if self._looking is None and not self._closed:
            self._looking = asyncio.get_running_loop().create_task(self._look())
        try:
            if self._closed:
                return
            async with aclosing(reader.batches()) as batches:
                async for batch in batches:
                    yield batch
        finally:
            del self._readers[reader]
            self._drop_idle()

    def typing(self, conversation_id: str, person: Person, typing: bool) -> None:
        """Somebody is typing a question, or is not any more."""
        if conversation_id in self._channels:
            self._channels[conversation_id].presence.type(person, typing)

    # --- what changed -----------------------------------------------------------------------------

    def changed(self, conversation: Conversation) -> None:
        """A conversation is new, has another title, other readers or another notebook."""
        if conversation.id in self._channels:
            self._channels[conversation.id].known = conversation
        for reader, channel in list(self._readers.items()):
            own = channel.id == conversation.id
            if own:
                reader.notebook = conversation.notebook
            elif reader.notebook != conversation.notebook:
                continue
            if may_see(reader.viewer, shared=conversation.shared, owner=conversation.owner):
                reader.tell(Changed(conversation.seen_by(reader.viewer)))
            else:
                reader.tell(Gone() if own else Removed(conversation.id))

    def removed(self, conversation: Conversation) -> None:
        """A conversation was deleted."""
        for reader, channel in list(self._readers.items()):
            if channel.id == conversation.id:
                reader.tell(Gone())
            elif reader.notebook == conversation.notebook:
                reader.tell(Removed(conversation.id))

    def renamed(self, old: str, new: str) -> None:
        """A notebook, or a folder with notebooks, has another path."""
        for reader in self._readers:
            reader.notebook = moved(reader.notebook, old, new)

    # --- what other processes wrote ---------------------------------------------------------------

    async def _look(self) -> None:
        try:
            while self._readers:
                await asyncio.sleep(LOOK_SECONDS)
                try:
                    await self._look_once()
                except LuminaError as error:
                    log.debug("what other processes wrote could not be looked up: %s", error)
        finally:
            self._looking = None

    async def _look_once(self) -> None:
        watched = {channel.id for channel in self._readers.values()}
        found = await self._database.read(lambda connection: states(connection, watched))
        for name in watched & set(self._channels):
            channel, state = self._channels[name], found.get(name)
            if state is None:
                channel.tell(Gone())
                continue
            if state.events > channel.last:
                # Readers who have these entries already read one empty page.
                channel.last = state.events
                channel.resync()
            if channel.known is not None and channel.known.settings != state.settings:
                self.changed(state)
            channel.known = state

    def close(self) -> None:
        """Every reader comes to its end; nobody begins to read any more."""
        self._closed = True
        for reader in list(self._readers):
            reader.end()
        if self._looking is not None:
            self._looking.cancel()
        for channel in self._channels.values():
            channel.presence.close()

    def _drop_idle(self) -> None:
        for channel in [each for each in self._channels.values() if each.is_idle]:
            channel.presence.close()
            del self._channels[channel.id]
