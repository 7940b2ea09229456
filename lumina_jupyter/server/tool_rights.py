"""Which effects of tools who asks has the rights for, by the server's authorizer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import LuminaHandler
from .rights import may

if TYPE_CHECKING:
    from ..tools.effects import Effect

_RIGHTS: tuple[tuple[Effect, str, str], ...] = (
    ("read", "read", "contents"),
    ("write", "write", "contents"),
    ("execute", "execute", "kernels"),
    # Whoever may run code may reach whatever the server reaches.
    ("network", "execute", "kernels"),
)


async def allowed_effects(handler: LuminaHandler) -> frozenset[Effect]:
    """The effects for which who asks has the rights."""
    return frozenset([effect for effect, action, resource in _RIGHTS if await may(handler, action, resource)])
