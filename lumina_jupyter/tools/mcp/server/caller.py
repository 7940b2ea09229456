"""On whose behalf an outside agent's request is, as the Jupyter server found."""

from __future__ import annotations

from dataclasses import dataclass

from ...effects import Effect

CALLER = "lumina.caller"
"""The name under which it stands in an ASGI scope."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The person whose token or cookie the request bears, and what she has the rights for on this server."""

    user: str
    allowed: frozenset[Effect]
