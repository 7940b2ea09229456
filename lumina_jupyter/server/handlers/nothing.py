"""Whatever else is asked for under `/lumina`: unknown to those who may come in, closed to the others."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import HTTPError

from ..base import LuminaHandler
from .openai_base import OpenAIHandler


class NothingHandler(LuminaHandler):
    """Answers 404."""

    @authorized
    async def get(self, _path: str) -> None:
        """There is nothing here."""
        raise HTTPError(404)

    post = put = delete = patch = head = get


class OpenAINothingHandler(OpenAIHandler):
    """Answers 404 in OpenAI's shape."""

    @authorized
    async def get(self, _path: str) -> None:
        """There is nothing here."""
        raise HTTPError(404)

    post = put = delete = patch = head = get
