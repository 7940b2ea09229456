"""Functions and what they return as bytes, on their way through a Ray cluster: whatever passes them on needs nothing of this package."""

from __future__ import annotations

import dataclasses
import io
import pickle
from collections.abc import Callable
from typing import Any


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
    """What a function returned or raised.

    Args:
        found: What `ray_host.Host.call` returned, or the exception in its place.
    """
    if isinstance(found, Exception):
        return found
    try:
        return pickle.loads(found)[1]  # noqa: S301 - the cluster is trusted: it runs our code
    except Exception as error:  # noqa: BLE001 - what another version has packed may be anything
        return error


class _Pickler(pickle.Pickler):
    def __init__(self, packed: io.BytesIO) -> None:
        super().__init__(packed)
        self.refs: list[Any] = []

    def persistent_id(self, value: Any) -> int | None:
        if not isinstance(value, Parcel):
            return None
        self.refs.append(value.ref)
        return len(self.refs) - 1
