"""What outside agents are offered beside tools: addresses to read, and prompts to begin with.

Both are views of tools: whatever is read is read by a tool, through the toolbox and its gate, as if the agent had called it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...content import Content
from ...counterpart import Counterpart

Call = Callable[[str, Mapping[str, Any]], Awaitable[Content]]
"""Calls a tool for the agent, through the gate.

Raises LuminaError when it is not allowed, not within the agent's scopes, or fails.
"""
Complete = Callable[[str, Mapping[str, str], Call], Awaitable[list[str]]]
"""What an argument that begins like this can be, knowing the others."""
Changes = Callable[[Mapping[str, str], Call], AsyncGenerator[None, None]]
"""The changes of what stands at an address, by its variables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Something to read: `uri` is an address or a template of such (RFC 6570).

    `tool` reads it; `arguments` are those that it always gets, and `variables` say which of its arguments the template's
    variables are. `changes` yields at each change, where these can be told.
    """

    uri: str
    name: str
    description: str
    tool: str
    title: str = ""
    media_type: str = "text/plain"
    arguments: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    complete: Mapping[str, Complete] = field(default_factory=dict)
    changes: Changes | None = None

    @property
    def is_template(self) -> bool:
        """Whether it stands for many."""
        return "{" in self.uri


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One of those that a template stands for."""

    uri: str
    name: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptArgument:
    """What a prompt wants to know."""

    name: str
    description: str
    required: bool = True
    complete: Complete | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A way to begin: `render` gives its parts, which the person says."""

    name: str
    description: str
    render: Callable[[Mapping[str, str], Call, Counterpart], Awaitable[Content]]
    title: str = ""
    arguments: Sequence[PromptArgument] = ()


@dataclass(slots=True)
class Offers:
    """All that is offered beside tools; `list_more` tells which of the templates' addresses there are."""

    resources: list[Resource] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    list_more: list[Callable[[Call], Awaitable[list[Listed]]]] = field(default_factory=list)
    _watchers: list[Callable[[], None]] = field(default_factory=list)

    def add(self, *offered: Resource | Prompt) -> None:
        """Offer more; what was offered before comes after it, where an address fits both."""
        self.resources[:0] = [each for each in offered if isinstance(each, Resource)]
        self.prompts += [each for each in offered if isinstance(each, Prompt)]
        for watcher in list(self._watchers):
            watcher()

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when there is more; gives back what ends that."""
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed) if changed in self._watchers else None
