"""`/lumina/api/openapi.json`: the description of these routes, made from the types that check them."""

from __future__ import annotations

import asyncio

from jupyter_server.auth.decorator import authorized

from ..base import LuminaHandler


class ApiDescriptionHandler(LuminaHandler):
    """Describes the routes."""

    @authorized
    async def get(self) -> None:
        """The OpenAPI 3.1 document."""
        self.answer(await asyncio.to_thread(_document))


def _document() -> dict[str, object]:
    from ..openapi import document

    return document()
