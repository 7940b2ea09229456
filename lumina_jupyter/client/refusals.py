"""What a server's refusal says, as the error that it is."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from ..errors import CellChanged, LuminaError, ServerUnreachable, error_classes

if TYPE_CHECKING:
    import httpx


def error_of(response: httpx.Response) -> LuminaError:
    """The error that a refusal tells of, of its own class where we know it."""
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
        error = response.json()["error"]
        cls = error_classes().get(error["code"])
        if cls is not None:
            return _rebuilt(cls, error)
    if response.status_code == 403:
        return ServerUnreachable(
            "The Jupyter server refused this kernel's token.",
            hint="Restart the kernel: the server was probably restarted since the kernel began.",
        )
    return ServerUnreachable(f"The Jupyter server answered with status {response.status_code}.")


def error_in(body: dict[str, Any]) -> LuminaError:
    """The error that a stream ended with."""
    error = body["error"]
    return _rebuilt(error_classes().get(error["code"], LuminaError), error)


def _rebuilt(cls: type[LuminaError], error: dict[str, Any]) -> LuminaError:
    made = cls.__new__(cls)
    LuminaError.__init__(made, str(error["message"]), hint=error.get("hint"), retry_after=error.get("retry_after"))
    if isinstance(made, CellChanged):
        cell = error.get("cell") or {}
        made.cell_id, made.source, made.hash = (str(cell.get(name, "")) for name in ("id", "source", "hash"))
    return made
