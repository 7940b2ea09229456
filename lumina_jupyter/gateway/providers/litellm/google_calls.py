"""Google's streams in the form that litellm can read: function calls whole, with their arguments.

Google leaves `args` out when there are none, and sends them in pieces (`partialArgs`, a path and a value
each) when arguments are streamed; litellm fails on both.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['([^']*)'\]")
_VALUES = ("stringValue", "numberValue", "boolValue")


async def with_whole_calls(lines: AsyncIterator[str], ended: Callable[[], None]) -> AsyncGenerator[str, None]:
    """The lines of a stream, each function call whole in one of them.

    Args:
        lines: As Google sent them.
        ended: Called when a line says why the answer is over; litellm makes up a reason where there is none.
    """
    calls = _FunctionCalls()
    async for line in lines:
        if '"finishReason"' in line or '"blockReason"' in line:
            ended()
        yield calls.mended(line)


def with_arguments(body: bytes) -> bytes:
    """An answer in one piece, its function calls with arguments."""
    if b'"functionCall"' not in body:
        return body
    return _FunctionCalls().mended(body.decode(errors="replace")).encode()


class _FunctionCalls:
    """Collects the pieces of the call under way; calls never interleave."""

    def __init__(self) -> None:
        self._open: dict[str, Any] | None = None

    def mended(self, line: str) -> str:
        """The line with whole calls only; any other line as it is."""
        if '"functionCall"' not in line and (self._open is None or '"finishReason"' not in line):
            return line
        prefix, payload = ("data: ", line[5:]) if line.startswith("data:") else ("", line)
        try:
            answer = json.loads(payload)
        except ValueError:
            return line
        for candidate in answer.get("candidates") or ():
            self._mend(candidate)
        return prefix + json.dumps(answer, ensure_ascii=False)

    def _mend(self, candidate: dict[str, Any]) -> None:
        content = candidate.setdefault("content", {"role": "model"})
        parts: list[dict[str, Any]] = []
        for part in content.get("parts") or ():
            parts.extend(self._take(part) if "functionCall" in part else [part])
        if candidate.get("finishReason"):
            parts.extend(self._complete())
        content["parts"] = parts

    def _take(self, part: dict[str, Any]) -> list[dict[str, Any]]:
        call = part["functionCall"]
        done: list[dict[str, Any]] = []
        if "name" in call:
            done = self._complete()
            self._open = {**part, "functionCall": {"args": {}, **call}}
        if self._open is None:
            return done
        arguments = self._open["functionCall"]["args"]
        for piece in call.get("partialArgs") or ():
            _put(arguments, piece)
        return done if call.get("willContinue") else done + self._complete()

    def _complete(self) -> list[dict[str, Any]]:
        part, self._open = self._open, None
        if part is None:
            return []
        part["functionCall"].pop("partialArgs", None)
        part["functionCall"].pop("willContinue", None)
        return [part]


def _put(arguments: dict[str, Any], piece: dict[str, Any]) -> None:
    """Set the value that a piece brings, or lengthen the text that it goes on with.

    Raises:
        ValueError: when the path leads nowhere.
    """
    steps: list[str | int] = [
        int(found[2]) if found[2] else found[1] or found[3] for found in _STEP.finditer(str(piece.get("jsonPath", "")))
    ]
    if not steps:
        raise ValueError("a function call's argument without a path")
    value = next((piece[name] for name in _VALUES if name in piece), None)
    place: Any = arguments
    for step, following in itertools.pairwise(steps):
        inside = _at(place, step)
        if inside is None:
            inside = [] if isinstance(following, int) else {}
            _set(place, step, inside)
        place = inside
    before = _at(place, steps[-1])
    _set(place, steps[-1], before + value if isinstance(before, str) and isinstance(value, str) else value)


def _at(place: Any, step: str | int) -> Any:
    if isinstance(place, list) and isinstance(step, int):
        return place[step] if step < len(place) else None
    if isinstance(place, dict) and isinstance(step, str):
        return place.get(step)
    raise ValueError("a function call's arguments contradict each other")


def _set(place: Any, step: str | int, value: Any) -> None:
    if isinstance(place, list):
        if step == len(place):
            place.append(value)
            return
        if not isinstance(step, int) or step > len(place):
            raise ValueError("a function call's list of arguments has a hole")
    place[step] = value
