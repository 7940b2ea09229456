"""Reading a reply of `tool_prompt`'s schema while it arrives: words and tool calls come out as events, piece by piece."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from typing import Literal

from ...events import Event, TextDelta
from ..providers.tool_calls import ToolCallAssembler
from .weights import PROVIDER

_HEAD = re.compile(r'\s*\{\s*"(say|answer|call)"\s*:\s*')
_NAME = re.compile(r'("(?:[^"\\]|\\.)*")\s*,\s*"arguments"\s*:\s*')
# As much of a JSON string as can be decoded by itself: a cut escape, or the first half of a surrogate
# pair whose second half may follow, waits for more.
_CHARACTERS = re.compile(
    r'(?:[^"\\]'
    r"|\\[^u]"
    r"|\\u(?![dD][89abAB])[0-9a-fA-F]{4}"
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}(?:\\u[0-9a-fA-F]{4}|(?=[^\\])|(?=\\[^u])))*"
)

_State = Literal["head", "say", "string", "raw", "name", "arguments", "end"]


class ToolReply:
    """One reply. Feed it the text as it comes, then call `finish`."""

    def __init__(self) -> None:
        self._state: _State = "head"
        self._buffer = ""
        self._depth = 1
        self._in_string = False
        self._escaped = False
        self._calls = ToolCallAssembler(PROVIDER)

    @property
    def called(self) -> bool:
        """Whether the reply is a tool call."""
        return bool(self._calls)

    def feed(self, text: str) -> Iterator[Event]:
        """Take the next piece.

        Raises:
            InvalidToolArguments: when a call's arguments turn out not to be an object.
        """
        self._buffer += text
        progress = True
        while progress and self._buffer:
            before = self._state
            yield from self._step()
            progress = self._state != before

    def finish(self) -> Iterator[Event]:
        """The model has stopped: give what is left.

        Raises:
            InvalidToolArguments: when it stopped in the middle of a tool call.
        """
        if self._state == "head":
            # Stopped before it said which kind of reply it is; the begin of an object is nothing to show.
            if not self._buffer.lstrip().startswith("{") and self._buffer.strip():
                yield TextDelta(self._buffer)
        elif self._state == "name":
            yield from self._calls.add(0, id=_new_id(), name=self._buffer.strip().strip('"'), arguments="{")
        yield from self._calls.finish()
        self._state, self._buffer = "end", ""

    def _step(self) -> Iterator[Event]:
        """Go as far as the buffer reaches within one state, or into the next."""
        match self._state:
            case "head":
                self._read_head()
            case "say":
                # The grammar lets nothing but a string follow.
                self._buffer = self._buffer.removeprefix('"')
                self._state = "string"
            case "string":
                yield from self._read_string()
            case "name":
                yield from self._read_name()
            case "raw":
                if piece := self._read_raw():
                    yield TextDelta(piece)
            case "arguments":
                if piece := self._read_raw():
                    yield from self._calls.add(0, arguments=piece)
                if not self._depth:
                    yield from self._calls.finish()
            case "end":
                self._buffer = ""

    def _read_head(self) -> None:
        found = _HEAD.match(self._buffer)
        if found and found.end() < len(self._buffer):
            self._buffer = self._buffer[found.end() :]
            kinds: dict[str, _State] = {"say": "say", "answer": "raw", "call": "name"}
            self._state = kinds[found[1]]

    def _read_string(self) -> Iterator[Event]:
        found = _CHARACTERS.match(self._buffer)
        piece = found[0] if found else ""
        self._buffer = self._buffer[len(piece) :]
        if self._buffer.startswith('"'):
            self._state = "end"
        if piece:
            yield TextDelta(_decoded(piece))

    def _read_name(self) -> Iterator[Event]:
        found = _NAME.match(self._buffer)
        if found and found.end() < len(self._buffer):
            self._buffer = self._buffer[found.end() :]
            self._state = "arguments"
            yield from self._calls.add(0, id=_new_id(), name=json.loads(found[1], strict=False))

    def _read_raw(self) -> str:
        """The JSON value as it is written, up to the brace that closes the reply's object."""
        for position, char in enumerate(self._buffer):
            if self._in_string:
                if self._escaped:
                    self._escaped = False
                elif char == "\\":
                    self._escaped = True
                elif char == '"':
                    self._in_string = False
            elif char == '"':
                self._in_string = True
            elif char in "{[":
                self._depth += 1
            elif char in "}]":
                self._depth -= 1
                if self._depth == 0:
                    piece, self._buffer, self._state = self._buffer[:position], self._buffer[position + 1 :], "end"
                    return piece
        piece, self._buffer = self._buffer, ""
        return piece


def _new_id() -> str:
    return f"call_{uuid.uuid4().hex[:16]}"


def _decoded(piece: str) -> str:
    """The text of a piece of a JSON string; half a surrogate pair is shown as a replacement character."""
    text: str = json.loads(f'"{piece}"', strict=False)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
