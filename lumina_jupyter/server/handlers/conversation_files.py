"""Conversations as files: `…/{id}/export`, `…/import`; and `…/search` over all of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar, Literal
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized

from ...errors import InvalidBody
from ..conversation_base import ConversationBase

MOST_HITS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A conversation that comes from a file; `content` is the file's text."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    notebook: str
    format: Literal["json", "chat"]
    content: str


class SearchHandler(ConversationBase):
    """Searches conversations."""

    @authorized
    async def get(self) -> None:
        """Where titles, questions and answers hold `?q=`; `notebook` and `limit` narrow it."""
        query = self.get_query_argument("q", "")
        if not query.strip():
            raise InvalidBody("q is what to search for.", field="q")
        limit = self.number("limit", 50, least=1, most=MOST_HITS)
        notebook = self.get_query_argument("notebook", "") or None
        memory = await self.memory()
        self.answer({"hits": await memory.search(query, self.viewer, notebook=notebook, limit=limit)})


class ExportHandler(ConversationBase):
    """Gives a conversation as a file."""

    @authorized
    async def get(self, conversation_id: str) -> None:
        """As `?format=` says: markdown, notebook, json or chat."""
        memory = await self.memory()
        file = await memory.export(conversation_id, self.get_query_argument("format", "markdown"), self.viewer)
        self.content_type = file.media_type
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(file.name)}")
        self.finish(file.content)


class ImportHandler(ConversationBase):
    """Makes a conversation of a file."""

    @authorized
    async def post(self) -> None:
        """A shared one, of whoever asks."""
        body = await self.body(Import)
        memory = await self.memory()
        from ...memory import read

        limit = self.service.settings.max_image_mb
        imported = await asyncio.to_thread(read, body.format, body.content, most_mb=limit)
        self.answer(await memory.bring_in(body.notebook.strip("/"), imported, self.viewer))
