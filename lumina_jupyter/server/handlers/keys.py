"""`/lumina/api/keys`: providers' keys, written and never read; closed to kernels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from jupyter_server.auth.decorator import authorized

from ...errors import InvalidBody
from ..base import LuminaHandler


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A provider's key."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    key: str = field(repr=False)


class KeyHandler(LuminaHandler):
    """Keeps and forgets the key of one provider."""

    kernels_allowed = False

    @authorized
    async def put(self, provider: str) -> None:
        """Keep it; it is used from the next call on."""
        key = (await self.body(NewKey)).key.strip()
        if not key:
            raise InvalidBody("key: must not be empty.", field="key")
        engine = await self.engine()
        await engine.set_key(provider, key)
        self.set_status(204)
        self.finish()

    @authorized
    async def delete(self, provider: str) -> None:
        """Forget it."""
        engine = await self.engine()
        self.answer({"deleted": await engine.delete_key(provider)})
