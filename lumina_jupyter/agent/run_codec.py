"""Runs as they are kept in the database: requests and events as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from ..telemetry.redaction import redact
from .run import RunRequest
from .run_events import RunEvent, run_event_classes, run_event_data

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")
_adapters: dict[type[Any], TypeAdapter[Any]] = {}


def request_data(request: RunRequest) -> dict[str, Any]:
    """A request as JSON-ready data."""
    return asdict(request)


def request_of(data: Mapping[str, Any]) -> RunRequest:
    """The request that was kept."""
    return _read(RunRequest, data)


def event_data(event: RunEvent) -> dict[str, Any]:
    """An event as JSON-ready data, secrets masked."""
    return {key: _masked(value) for key, value in run_event_data(event).items()}


def event_of(data: Mapping[str, Any]) -> RunEvent | None:
    """The event that was kept; None for one that a newer Lumina has written."""
    cls = run_event_classes().get(str(data.get("type")))
    return None if cls is None else _read(cls, {key: value for key, value in data.items() if key != "type"})


def _read(cls: type[T], data: Mapping[str, Any]) -> T:
    from pydantic import TypeAdapter

    if cls not in _adapters:
        _adapters[cls] = TypeAdapter(cls)
    found: T = _adapters[cls].validate_python(data)
    return found


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {str(key): _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item) for item in value]
    return value
