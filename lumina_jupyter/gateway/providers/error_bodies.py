"""What a provider's error body says, whichever of the many shapes it has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_CODE_FIELDS = ("code", "type", "status", "error_type", "__type", "error_code", "reason")
_MESSAGE_FIELDS = ("message", "detail", "msg", "error_description", "title", "Message", "errorMessage")


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The facts of an error: its codes (in lower case), the provider's message, and the status it names itself."""

    codes: frozenset[str]
    message: str
    status: int | None
    details: tuple[Mapping[str, Any], ...]


def read_error_body(payload: Any) -> ErrorBody:
    """Read decoded JSON (or plain text) as an error."""
    if isinstance(payload, list) and payload:
        payload = payload[0]
    codes: set[str] = set()
    statuses: list[int] = []
    details: list[Mapping[str, Any]] = []
    for level in _levels(payload):
        for name in _CODE_FIELDS:
            value = level.get(name)
            if isinstance(value, str):
                codes.add(value.lower())
        for name in ("status_code", "code", "status"):
            number = _http_status(level.get(name))
            if number is not None:
                statuses.append(number)
        listed = level.get("details")
        if isinstance(listed, list):
            details.extend(item for item in listed if isinstance(item, Mapping))
    return ErrorBody(frozenset(codes), _message(payload), statuses[0] if statuses else None, tuple(details))


def parse(body: bytes | str) -> Any:
    """The body as JSON, or as text where it is none."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _levels(payload: Any) -> Iterator[Mapping[str, Any]]:
    """The objects that may describe the error, the innermost that is still general first."""
    if not isinstance(payload, Mapping):
        return
    error = payload.get("error")
    if isinstance(error, Mapping):
        yield error
        for name in ("innererror", "metadata", "error"):
            inner = error.get(name)
            if isinstance(inner, Mapping):
                yield inner
    yield payload
    message = payload.get("message")
    if isinstance(message, Mapping):
        yield message


def _http_status(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    return value if isinstance(value, int) and 400 <= value < 600 else None


def _message(value: Any) -> str:
    """The most telling text of an error: the provider's own words, with what an upstream said where it is wrapped."""
    if isinstance(value, str):
        return _unwrapped(value)
    if isinstance(value, list):
        return "; ".join(filter(None, (_message(item) for item in value[:5])))
    if not isinstance(value, Mapping):
        return ""
    if value.get("error"):
        return _message(value["error"])
    told = next((text for name in _MESSAGE_FIELDS if (text := _message(value.get(name)))), "")
    where = value.get("loc")
    if told and isinstance(where, list):
        told = f"{'.'.join(str(step) for step in where)}: {told}"
    metadata = value.get("metadata")
    if isinstance(metadata, Mapping):
        raw = _message(metadata.get("raw"))
        if raw and raw not in told:
            told = f"{told}: {raw}" if told else raw
    return told


def _unwrapped(text: str) -> str:
    """A message that is itself the JSON text of an error, read once more."""
    if text.lstrip().startswith("{"):
        inner = parse(text)
        if isinstance(inner, Mapping):
            return _message(inner) or text
    return text
