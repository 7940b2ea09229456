"""`/lumina/api/pages/requests/{id}`: what became of what a person's page was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jupyter_server.auth.decorator import authorized

from ..tool_base import ToolBase


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswer:
    """Whether the page has done it, and what there is to say of it."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    done: bool
    told: str = ""


class PageRequestHandler(ToolBase):
    """Takes the answer of a page. Which page shows what is nothing for kernels."""

    kernels_allowed: ClassVar[bool] = False

    @authorized
    async def post(self, id: str) -> None:
        """Answer a request, once."""
        answer = await self.body(PageAnswer)
        engine = await self.engine()
        engine.pages.answer(id, self.asker, done=answer.done, told=answer.told)
        self.set_status(204)
        self.finish()
