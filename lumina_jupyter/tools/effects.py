"""What a tool can do to the world; permissions are decided by it, never by how a call is worded."""

from __future__ import annotations

from typing import Literal, get_args

Effect = Literal["read", "write", "execute", "network"]
"""`read` looks; `write` changes notebooks or files; `execute` runs code; `network` reaches other machines."""

EFFECTS: tuple[Effect, ...] = get_args(Effect)
