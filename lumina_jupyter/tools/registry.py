"""The registry: every tool that can be called, by name, and where it comes from."""

from __future__ import annotations

import asyncio
import difflib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import EntryPoint, entry_points

from ..errors import LuminaError, UnknownTool
from .tool import NAME, Tool

ENTRY_POINTS = "lumina_jupyter.tools"
"""The group of entry points by which packages bring tools: each loads a `Tool`, several, or a function that makes
them."""

Loader = Callable[[], Iterable[Tool]]
Prepare = Callable[[], Awaitable[None]]
Loaded = tuple[str, "Sequence[Tool] | Trouble"]
"""A source, and its tools or why it has none."""

_RANK = {"built-in": 0, "package": 1, "mcp": 2, "notebook": 3}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A source of tools, or a tool of it, that cannot be used, and why."""

    source: str
    message: str


class Registry:
    """Tools by source. A name that two sources have is the built-in's, then a package's, then an MCP server's.

    A notebook's tools are seen from that notebook alone. Who has got a `Tool` keeps it: what is replaced or renamed
    meanwhile does a call under way no harm.

    Args:
        packages: Whether packages may bring tools.
    """

    def __init__(self, *, packages: bool = True) -> None:
        self._sources: dict[str, dict[str, Tool]] = {}
        self._shared: dict[str, Tool] = {}
        self._troubles: dict[str, list[Trouble]] = {}
        self._loaders: list[Callable[[], list[Loaded]]] = [_load_packages] if packages else []
        self._prepares: list[Prepare] = []
        self._loading: asyncio.Lock | None = None
        self._watchers: list[Callable[[], None]] = []

    # --- what it holds ----------------------------------------------------------------------------

    def add(self, tool: Tool) -> None:
        """Put a tool in; one of the same name and source is replaced."""
        self.replace(tool.source, [*self._sources.get(tool.source, {}).values(), tool])

    def remove(self, name: str, source: str) -> bool:
        """Take a tool out; whether it was there."""
        kept = self._sources.get(source, {})
        if name not in kept:
            return False
        self.replace(source, [tool for tool in kept.values() if tool.name != name])
        return True

    def replace(self, source: str, tools: Iterable[Tool]) -> list[Trouble]:
        """Let a source have these tools and no others; what of them cannot be used, and why."""
        kept: dict[str, Tool] = {}
        troubles: list[Trouble] = []
        for tool in tools:
            if tool.source != source or _kind(source) not in _RANK:
                troubles.append(Trouble(source, f"{tool.name[:80]!r} says that it comes from {tool.source[:80]!r}."))
            elif not NAME.fullmatch(tool.name):
                troubles.append(Trouble(source, f"{tool.name[:80]!r} cannot be a tool's name."))
            else:
                kept[tool.name] = tool
        if kept:
            self._sources[source] = kept
        else:
            self._sources.pop(source, None)
        self._troubles[source] = troubles
        self._arrange()
        return troubles

    def _arrange(self) -> None:
        shared: dict[str, Tool] = {}
        for source in sorted(self._sources, key=lambda each: (_RANK[_kind(each)], each)):
            if _kind(source) != "notebook":
                for name, tool in self._sources[source].items():
                    shared.setdefault(name, tool)
        self._shared = shared
        for watcher in list(self._watchers):
            watcher()

    def move(self, old: str, new: str) -> None:
        """Let the tools of a notebook, or of the notebooks in a folder, follow to the new path."""
        for before in [each for each in self._sources if f"{each}/".startswith(f"notebook:{old}/")]:
            source = f"notebook:{new}{before.removeprefix(f'notebook:{old}')}"
            tools = self._sources[before].values()
            self.replace(source, [replace(tool, source=source) for tool in tools])
            self.replace(before, [])

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` after every change; gives back what ends that."""
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed) if changed in self._watchers else None

    # --- finding ----------------------------------------------------------------------------------

    def get(self, name: str, notebook: str = "") -> Tool:
        """The tool of that name, as seen from a notebook.

        Raises:
            UnknownTool: with the nearest names.
        """
        found = self._shared.get(name)
        if found is None and notebook:
            found = self._sources.get(f"notebook:{notebook}", {}).get(name)
        if found is not None:
            return found
        names = [tool.name for tool in self.list(notebook)]
        near = difflib.get_close_matches(name[:64], names, n=3)
        raise UnknownTool(
            f"There is no tool {name[:64]!r}.", hint=f"Did you mean {' or '.join(near)}?" if near else None
        )

    def sources(self) -> dict[str, tuple[Tool, ...]]:
        """Every source and its tools, also those that another source's of the same name hide."""
        return {source: tuple(tools.values()) for source, tools in self._sources.items()}

    def troubles(self) -> list[Trouble]:
        """What cannot be used, and why."""
        hidden = [
            Trouble(source, f"{name} is hidden by the tool of the same name of {self._shared[name].source}.")
            for source, tools in self._sources.items()
            for name in tools
            if name in self._shared and self._shared[name].source != source
        ]
        return [trouble for each in self._troubles.values() for trouble in each] + hidden

    # --- what is loaded on first use ----------------------------------------------------------------

    def provide(self, source: str, loader: Loader) -> None:
        """Have a source's tools loaded in a thread, on first use."""
        self._loaders.append(partial(_load, source, loader))

    def prepare(self, prepare: Prepare) -> None:
        """Have something awaited whenever tools are listed, or one is called that is not known yet."""
        self._prepares.append(prepare)

    async def ready(self, name: str = "") -> None:
        """Load what has not been loaded: what was provided, and what packages bring. A broken one is told, not raised.

        Args:
            name: The one tool that is wanted; where it is known, nothing that may be slow is waited for.
        """
        await self._load_all()
        if not name or name not in self._shared:
            for prepare in self._prepares:
                await prepare()

    async def _load_all(self) -> None:
        if not self._loaders:
            return
        if self._loading is None:
            self._loading = asyncio.Lock()
        async with self._loading:
            while self._loaders:
                for source, found in await asyncio.to_thread(self._loaders[0]):
                    if isinstance(found, Trouble):
                        self._troubles.setdefault(source, []).append(found)
                    else:
                        self.replace(source, [*self._sources.get(source, {}).values(), *found])
                self._loaders.pop(0)

    def list(self, notebook: str = "") -> list[Tool]:
        """The tools that are seen from a notebook, by name."""
        seen = {**self._sources.get(f"notebook:{notebook}", {}), **self._shared} if notebook else self._shared
        return sorted(seen.values(), key=lambda tool: tool.name)


def _kind(source: str) -> str:
    return source.partition(":")[0]


def _load(source: str, loader: Loader) -> list[Loaded]:
    try:
        return [(source, tuple(loader()))]
    except Exception as error:
        log.exception("the tools of %s cannot be loaded", source)
        return [(source, Trouble(source, f"Its tools cannot be loaded: {_sentence(error)}"))]


def _load_packages() -> list[Loaded]:
    return [_load_package(point) for point in entry_points(group=ENTRY_POINTS)]


def _load_package(point: EntryPoint) -> Loaded:
    source = f"package:{point.dist.name if point.dist is not None else point.name}"
    try:
        found = point.load()
        if not isinstance(found, Tool) and callable(found):
            found = found()
        tools: Iterable[Tool] = [found] if isinstance(found, Tool) else found
        # Where a tool comes from is not for the package to say.
        return source, tuple(replace(tool, source=source) for tool in tools)
    except Exception as error:
        log.exception("the tools behind the entry point %s cannot be loaded", point.name)
        return source, Trouble(source, f"The entry point {point.name} cannot be loaded: {_sentence(error)}")


def _sentence(error: Exception) -> str:
    return error.message if isinstance(error, LuminaError) else f"{type(error).__name__}: {error}"[:300]
