"""A tool: what it is called, what it takes, what it can do, and how it is run."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .actor import ActorKind
from .content import Content
from .context import ToolContext
from .effects import Effect
from .preview import Preview
from .target import NO_TARGET, Target

Check = Callable[[Mapping[str, Any]], dict[str, Any]]
"""The arguments as JSON, with defaults filled in.

Raises InvalidArguments with a sentence that a model can act on.
"""
FindTarget = Callable[[Mapping[str, Any], ToolContext], "Target | Awaitable[Target]"]
MakePreview = Callable[[Mapping[str, Any], ToolContext], "Preview | Awaitable[Preview | None] | None"]
Run = Callable[[Mapping[str, Any], ToolContext], Awaitable[Content]]

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}", re.ASCII)
"""What a tool can be called: what every provider takes."""


def no_target(_arguments: Mapping[str, Any], _context: ToolContext) -> Target:
    """For a tool that touches nothing that could be named."""
    return NO_TARGET


def no_preview(_arguments: Mapping[str, Any], _context: ToolContext) -> Preview | None:
    """For a tool whose call says all."""
    return None


@dataclass(frozen=True, kw_only=True)
class Tool:
    """Something that a model, an agent, an MCP client or a person can call by name.

    `source` is `built-in`, `notebook:PATH`, `package:NAME` or `mcp:SERVER`. `timeout` is in seconds. `check`, `target`
    and `preview` change nothing and are called before permission is asked; `run` takes what `check` gave back.
    `sandboxed` and `undoable` are believed of built-in tools alone: its code runs in the sandbox; all that it does can
    be taken back. `actors` are the kinds of those who may call it, empty for all.
    """

    name: str
    title: str
    description: str
    parameters: Mapping[str, Any]
    effects: frozenset[Effect]
    source: str
    timeout: float
    check: Check
    run: Run
    target: FindTarget = no_target
    preview: MakePreview = no_preview
    sandboxed: bool = False
    undoable: bool = False
    actors: frozenset[ActorKind] = frozenset()

    @cached_property
    def digest(self) -> str:
        """The hash of what a person approves in a tool: its name, source, schema, description and effects."""
        told = [self.name, self.source, self.description, dict(self.parameters), sorted(self.effects)]
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.name} ({self.source})"
