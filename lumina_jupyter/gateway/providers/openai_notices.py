"""What a server did or found beside its answer: sources, and tools that it ran itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...events import Notice

_SHOWN = 20
"""Sources that are listed at most."""


class SideNotices:
    """Collects what chunks tell beside the answer; every notice is given once, at the end."""

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._sources: list[str] = []
        self._tools: dict[str, None] = {}
        self._refused = False

    def sources(self, found: Any) -> None:
        """Take a chunk's list of citations: each chunk repeats it whole."""
        if isinstance(found, list):
            self._sources = [url for url in found if isinstance(url, str)]

    def provider_tool(self, name: Any) -> None:
        """Note a tool that the provider ran, or runs, on its own side."""
        self._tools[name if isinstance(name, str) and name else "a tool"] = None

    def refusal(self) -> None:
        """Note that the text is the model's refusal."""
        self._refused = True

    def __iter__(self) -> Iterator[Notice]:
        """The notices."""
        if self._refused:
            yield Notice("refusal", "The model declined to answer as it was asked to.")
        if self._tools:
            yield Notice("provider_tool", f"{self._provider} used on its own side: {', '.join(self._tools)}.")
        if self._sources:
            yield Notice("sources", "\n".join(f"[{n}] {url}" for n, url in enumerate(self._sources[:_SHOWN], 1)))


def executed_tools(delta: Mapping[str, Any]) -> Iterator[Any]:
    """The kinds of tools that Groq says it ran."""
    tools = delta.get("executed_tools")
    if isinstance(tools, list):
        for tool in tools:
            if isinstance(tool, Mapping):
                yield tool.get("type")
