"""Conversations as faces use them: each call says who asks, and what they may not see does not exist for them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from ..events import Event
from ..gateway import Gateway
from ..settings import Lumina
from ..storage import Database, storable
from .attachments import Image, attach, image
from .conversations import Conversation, Conversations, begin, get
from .formats import File, Imported, export
from .frames import Frame
from .gathering import Expand, Gather, Work
from .live import LiveConversations
from .log import Log, LogEntry, append
from .people import NOBODY, Viewer
from .question import Question
from .search import Hit, search
from .turns import Sees, Started, Turns
from .works import Works

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Memory:
    """All that was said, and the turns that add to it."""

    def __init__(
        self,
        settings: Lumina,
        gateway: Gateway,
        database: Database,
        *,
        expand: Expand | None = None,
        gather: Gather | None = None,
        sees: Sees | None = None,
        work: Work | None = None,
    ) -> None:
        self._database = database
        self._log = Log(database)
        self._conversations = Conversations(database)
        self._live = LiveConversations(database, self._log)
        self._turns = Turns(settings, gateway, database, self._live, expand=expand, gather=gather, sees=sees, work=work)
        self.works = Works(database, self._live)
        """What was given to the agent."""

    # --- turns ------------------------------------------------------------------------------------

    def ask(self, question: Question, viewer: Viewer = NOBODY) -> AsyncGenerator[Event, None]:
        """Stream the answer to a question; closing the stream stops it."""
        return self._turns.ask(question, viewer)

    async def start(self, question: Question, viewer: Viewer = NOBODY) -> Started:
        """Put a question into its conversation and begin to answer it; the answer goes on whoever leaves.

        Raises:
            LuminaError: when the question could not be written.
        """
        await self.get(question.conversation, viewer)
        return await self._turns.start(question, viewer)

    async def cancel(self, request_id: str, viewer: Viewer = NOBODY) -> bool:
        """Stop a turn; whether one of that id was under way.

        Raises:
            NotFound: when its conversation is not for the viewer.
        """
        conversation = self._turns.conversation_of(request_id)
        if conversation:
            await self.get(conversation, viewer)
        return self._turns.cancel(request_id)

    def stop(self, request_id: str) -> bool:
        """Stop a turn, for this process's own reasons; whether one of that id was under way."""
        return self._turns.cancel(request_id)

    @property
    def unsaved(self) -> int:
        """Answers that are over and not yet in the database."""
        return len(self._turns.unsaved)

    # --- conversations ----------------------------------------------------------------------------

    async def audience(self, conversation_id: str) -> str:
        """The one person whom a conversation is for; empty for one that is shared.

        Raises:
            NotFound: when there is none of that id.
        """
        return await self._conversations.audience(conversation_id)

    async def find(self, notebook: str | None = None, viewer: Viewer = NOBODY) -> list[Conversation]:
        """The conversations of a notebook, or of all, the last changed first."""
        return await self._conversations.list(notebook, viewer)

    async def get(self, conversation_id: str, viewer: Viewer = NOBODY) -> Conversation:
        """One conversation.

        Raises:
            NotFound: when there is none of that id for the viewer.
        """
        return await self._conversations.get(conversation_id, viewer)

    async def begin(
        self, notebook: str, viewer: Viewer = NOBODY, *, title: str = "", shared: bool = True
    ) -> Conversation:
        """Begin a conversation.

        Raises:
            Forbidden: when who has no name wants a private one.
        """
        made = await self._conversations.begin(notebook, title=title, shared=shared, viewer=viewer)
        self._live.changed(made)
        return made

    async def current(self, notebook: str) -> str:
        """The id of the shared conversation that a notebook's cells go on with; begun if there is none."""
        return await self._conversations.current(notebook)

    async def begin_anew(self, notebook: str) -> str:
        """Begin a fresh conversation for a notebook's cells to go on with; its id."""
        made = await self._conversations.begin_anew(notebook)
        self._live.changed(await self._conversations.get(made))
        return made

    async def change(
        self, conversation_id: str, viewer: Viewer = NOBODY, *, title: str | None = None, shared: bool | None = None
    ) -> Conversation:
        """Give it another title, or change who may see it.

        Raises:
            NotFound: when there is none of that id for the viewer.
            Forbidden: when it would become private and is somebody else's.
        """
        changed = await self._conversations.change(conversation_id, viewer, title=title, shared=shared)
        self._live.changed(changed)
        return changed

    async def delete(self, conversation_id: str, viewer: Viewer = NOBODY) -> None:
        """Delete a conversation with its log and its images; its turns under way are stopped.

        Raises:
            NotFound: when there is none of that id for the viewer.
        """
        conversation = await self.get(conversation_id, viewer)
        self._turns.cancel_all(conversation_id)
        await self._conversations.delete(conversation_id, viewer)
        self._live.removed(conversation)

    async def rename_notebook(self, old: str, new: str) -> None:
        """Let conversations follow a notebook, or a folder with notebooks, to its new path."""
        await self._conversations.rename_notebook(old, new)
        self._live.renamed(old, new)

    # --- what is in one ---------------------------------------------------------------------------

    async def events(self, conversation_id: str, viewer: Viewer = NOBODY, *, after: int = 0) -> list[LogEntry]:
        """The log entries that follow entry number `after`, a thousand at most.

        Raises:
            NotFound: when there is none of that id for the viewer.
        """
        await self.get(conversation_id, viewer)
        return await self._log.after(conversation_id, after)

    async def read(
        self, conversation_id: str, viewer: Viewer = NOBODY, *, after: int = 0
    ) -> AsyncGenerator[Sequence[Frame], None]:
        """Everything after entry number `after` and then whatever comes, until the reader leaves.

        Raises:
            NotFound: when there is none of that id for the viewer.
        """
        conversation = await self.get(conversation_id, viewer)
        async with aclosing(self._live.read(conversation, viewer, after=after)) as batches:
            async for batch in batches:
                yield batch

    async def typing(self, conversation_id: str, viewer: Viewer, typing: bool) -> None:
        """Tell the others that the viewer is typing, or is not any more.

        Raises:
            NotFound: when there is none of that id for the viewer.
        """
        await self.get(conversation_id, viewer)
        if viewer.person is not None:
            self._live.typing(conversation_id, viewer.person, typing)

    async def image(self, conversation_id: str, sha256: str, viewer: Viewer = NOBODY) -> Image:
        """An image in a question.

        Raises:
            NotFound: when there is none of that hash for the viewer.
        """

        def find(connection: Connection) -> Image:
            get(connection, conversation_id, viewer)
            return image(connection, conversation_id, sha256)

        return await self._database.read(find)

    async def search(
        self, query: str, viewer: Viewer = NOBODY, *, notebook: str | None = None, limit: int = 50
    ) -> list[Hit]:
        """Where titles, questions and answers hold a text, the conversation that changed last first."""
        return await self._database.read(
            lambda connection: search(connection, query, viewer, notebook=notebook, limit=limit)
        )

    # --- as files ---------------------------------------------------------------------------------

    async def export(self, conversation_id: str, format: str, viewer: Viewer = NOBODY) -> File:
        """A conversation as a file.

        Raises:
            NotFound: when there is none of that id for the viewer.
            InvalidBody: when there is no such format.
        """
        return await self._database.read(lambda connection: export(connection, conversation_id, format, viewer))

    async def bring_in(self, notebook: str, imported: Imported, viewer: Viewer = NOBODY) -> Conversation:
        """Begin a conversation with what a file holds."""

        def bring_in(connection: Connection) -> Conversation:
            made = begin(connection, storable(notebook), storable(imported.title), True, viewer)
            attach(connection, made.id, imported.images)
            append(connection, made.id, imported.entries)
            return get(connection, made.id, viewer)

        made = await self._database.run(bring_in)
        self._live.changed(made)
        return made

    # --- the end ----------------------------------------------------------------------------------

    async def end(self, seconds: float) -> None:
        """Stop every turn, wait so long for their ends to be kept, and let every reader come to the end."""
        self._turns.cancel_all()
        await self._turns.until_idle(seconds)
        self._live.close()
