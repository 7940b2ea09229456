"""Functions and what they return as bytes, on their way through a Ray cluster: whatever passes them on needs nothing of this package.

Functions go there as pickles, because nodes run what they are told; what comes back is no pickle.
"""

from __future__ import annotations

import dataclasses
import io
import json
import pickle
from collections.abc import Callable
from typing import Any


class HostError(Exception):
    """What a function raised on a node, as text: "ValueError: …"."""


@dataclasses.dataclass(slots=True, eq=False)
class Parcel:
    """Data that are on the cluster already.

    Args:
        ref: Ray's reference to them.
    """

    ref: Any


def pack(function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[bytes, list[Any]]:
    """A function and its arguments as bytes, and the references of the parcels among these; `ray_host.Unpickler` reads them."""
    packed = io.BytesIO()
    pickler = _Pickler(packed)
    pickler.dump((function, args))
    return packed.getvalue(), pickler.refs


def unpack(found: Any) -> Any:
    """What a function returned, or an exception for what it raised. Nothing is unpickled: nodes send bytes, JSON and text.

    Args:
        found: What `ray_host.Host.call` returned, or the exception in its place.
    """
    if isinstance(found, Exception):
        return found
    kind, content = (found[:1], found[1:]) if isinstance(found, bytes) else (b"", b"")
    if kind == b"b":
        return content
    if kind == b"e":
        return HostError(content.decode("utf-8", "replace"))
    try:
        if kind == b"j":
            return json.loads(content)
    except (ValueError, RecursionError) as error:
        return HostError(f"What it sent can't be read: {error}")
    return HostError("What it sent can't be read: it has another version of Lumina.")


class _Pickler(pickle.Pickler):
    def __init__(self, packed: io.BytesIO) -> None:
        super().__init__(packed)
        self.refs: list[Any] = []

    def persistent_id(self, value: Any) -> int | None:
        if not isinstance(value, Parcel):
            return None
        self.refs.append(value.ref)
        return len(self.refs) - 1
