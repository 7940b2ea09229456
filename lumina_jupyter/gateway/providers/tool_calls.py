"""Assembling streamed tool calls: pieces by index go in, started/delta/finished events come out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from ...errors import InvalidToolArguments
from ...events import Event, ToolCallDelta, ToolCallFinished, ToolCallStarted


@dataclass(slots=True)
class _Call:
    id: str
    name: str
    arguments: list[str]


class ToolCallAssembler:
    """Keeps the tool calls of one answer together while their pieces arrive.

    Pieces of several calls may interleave. A call is finished when `finish` is called, or by
    `finish_one` where the provider says so itself.
    """

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._open: dict[int, _Call] = {}
        self._finished: set[int] = set()

    def __bool__(self) -> bool:
        """Whether any call was seen."""
        return bool(self._open or self._finished)

    def add(self, index: int, *, id: str = "", name: str = "", arguments: str = "") -> Iterator[Event]:
        """Take a piece of the call at `index`; the first piece carries the name."""
        call = self._open.get(index)
        if call is None:
            if index in self._finished:
                return
            call = self._open[index] = _Call(id or f"call_{index}", name, [])
            yield ToolCallStarted(index, call.id, call.name)
        if arguments:
            call.arguments.append(arguments)
            yield ToolCallDelta(index, arguments)

    def finish_one(self, index: int) -> Iterator[Event]:
        """Close the call at `index`.

        Raises:
            InvalidToolArguments: when its arguments are not a JSON object.
        """
        call = self._open.pop(index, None)
        if call is None:
            return
        self._finished.add(index)
        arguments = "".join(call.arguments).strip() or "{}"
        if not _is_json_object(arguments):
            raise InvalidToolArguments(
                f"The model called the tool {call.name!r} with arguments that are not a JSON object.",
                provider=self._provider,
            )
        yield ToolCallFinished(index, call.id, call.name, arguments)

    def finish(self) -> Iterator[Event]:
        """Close every call that is still open, in order of index."""
        for index in sorted(self._open):
            yield from self.finish_one(index)


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
