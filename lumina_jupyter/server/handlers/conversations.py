"""`/lumina/api/conversations`: which there are, and the logs of what was asked and answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jupyter_server.auth.decorator import authorized

from ..conversation_base import ConversationBase

LAST_NUMBER = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """Whose conversation begins anew: a notebook's, or that of the notebook a kernel belongs to."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    notebook: str = ""
    kernel_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConversation:
    """A conversation to be begun. The first shared one of a notebook is what its cells go on with."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    notebook: str
    title: str = ""
    shared: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationChange:
    """What changes about a conversation; what is left out stays."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    title: str | None = None
    shared: bool | None = None


class ConversationsHandler(ConversationBase):
    """Lists conversations, begins them."""

    @authorized
    async def get(self) -> None:
        """Those of `?notebook=` or of the notebook of `?kernel_id=`, else all; the last changed first."""
        notebook = await self.service.notebooks.of_kernel(
            self.get_query_argument("kernel_id", ""), self.get_query_argument("notebook", "")
        )
        memory = await self.memory()
        self.answer({"conversations": await memory.find(notebook or None, self.viewer)})

    @authorized
    async def post(self) -> None:
        """Begin one."""
        new = await self.body(NewConversation)
        memory = await self.memory()
        self.answer(await memory.begin(new.notebook.strip("/"), self.viewer, title=new.title, shared=new.shared))


class ConversationEventsHandler(ConversationBase):
    """Reads a log."""

    @authorized
    async def get(self, conversation_id: str) -> None:
        """The entries that follow number `?after=`, oldest first, a thousand at most."""
        after = self.number("after", 0, least=0, most=LAST_NUMBER)
        memory = await self.memory()
        self.answer({"events": await memory.events(conversation_id, self.viewer, after=after)})


class ConversationHandler(ConversationBase):
    """One conversation."""

    @authorized
    async def get(self, conversation_id: str) -> None:
        """What it is called, whose it is and who may see it."""
        memory = await self.memory()
        self.answer(await memory.get(conversation_id, self.viewer))

    @authorized
    async def patch(self, conversation_id: str) -> None:
        """Give it another title, or change who may see it."""
        change = await self.body(ConversationChange)
        memory = await self.memory()
        self.answer(await memory.change(conversation_id, self.viewer, title=change.title, shared=change.shared))

    @authorized
    async def delete(self, conversation_id: str) -> None:
        """Delete it and all of its log."""
        memory = await self.memory()
        await memory.delete(conversation_id, self.viewer)
        self.set_status(204)
        self.finish()


class ResetHandler(ConversationBase):
    """Begins a conversation anew."""

    @authorized
    async def post(self) -> None:
        """Begin a fresh one; the one before stays readable."""
        reset = await self.body(Reset)
        notebook = await self.service.notebooks.of_kernel(reset.kernel_id, reset.notebook)
        memory = await self.memory()
        self.answer({"id": await memory.begin_anew(notebook)})
