"""Tool calls of OpenAI's chat format, whichever way a server numbers their pieces."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import StreamBroken
from ...events import Event
from .tool_calls import ToolCallAssembler


class ToolPieces:
    """Turns the pieces on the wire into events.

    Servers number pieces by `index`, but some leave it out and some give every call the same one: a
    piece with a name and a new id then begins another call. A piece may come before its call's name.
    """

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._assembler = ToolCallAssembler(provider)
        self._current: dict[int, int] = {}
        """Our index of the call that the wire's index now means."""
        self._ids: dict[int, str] = {}
        self._unnamed: dict[int, list[str]] = {}
        self._last = 0
        self._count = 0

    def __bool__(self) -> bool:
        """Whether any call was seen."""
        return self._count > 0

    def add(self, piece: Mapping[str, Any]) -> Iterator[Event]:
        """Take one entry of a delta's `tool_calls`."""
        function = piece.get("function")
        if not isinstance(function, Mapping):
            function = {}
        name = _text(function.get("name"))
        index = self._index(piece.get("index"), _text(piece.get("id")), name)
        arguments = _arguments(function.get("arguments"))
        if index in self._unnamed:
            waiting = self._unnamed[index]
            waiting.append(arguments)
            if not name:
                return
            del self._unnamed[index]
            arguments = "".join(waiting)
        yield from self._assembler.add(index, id=self._ids[index], name=name, arguments=arguments)

    def finish(self) -> Iterator[Event]:
        """Close every call.

        Raises:
            InvalidToolArguments: when a call's arguments are not a JSON object.
            StreamBroken: when a call never got a name.
        """
        if self._unnamed:
            raise StreamBroken(f"{self._provider} sent a tool call without a name.", provider=self._provider)
        yield from self._assembler.finish()

    def _index(self, told: Any, id: str, name: str) -> int:
        """Our index for a piece; a new one when the piece begins a call."""
        wire = told if isinstance(told, int) else self._last
        known = self._current.get(wire)
        begins = known is None or (bool(id and name) and id != self._ids[known])
        if not isinstance(told, int) and begins and known is not None:
            wire = max(self._current) + 1
        self._last = wire
        if not begins and known is not None:
            return known
        index, self._count = self._count, self._count + 1
        self._current[wire] = index
        self._ids[index] = id or f"call_{index}"
        if not name:
            self._unnamed[index] = []
        return index


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _arguments(value: Any) -> str:
    """Arguments as JSON text; some servers send the object itself."""
    if isinstance(value, Mapping):
        return json.dumps(value)
    return _text(value)
