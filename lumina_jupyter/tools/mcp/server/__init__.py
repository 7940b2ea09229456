"""Our tools for outside agents, over MCP: through the same toolbox and gate as everybody's.

`endpoint` is the face: an ASGI application that the Jupyter server's route passes requests to, after it has let them in.
`wire/` speaks the protocol, on the official SDK: it is imported in a thread when the first request comes.
"""

from .caller import CALLER, Caller
from .endpoint import McpEndpoint
from .scopes import scope_of, within_scope

__all__ = ["CALLER", "Caller", "McpEndpoint", "scope_of", "within_scope"]
