"""The Model Context Protocol, both ways: `client/` brings other people's tools in, `server/` lets outside agents use ours."""

from .assembly import Mcp, limits_of, tokens_of

__all__ = ["Mcp", "limits_of", "tokens_of"]
