"""Text that every database can keep."""

from __future__ import annotations

from typing import Any


def storable(value: Any) -> Any:
    """The value with its texts made storable: lone surrogates become `?`, NUL becomes U+FFFD.

    Neither is a character; PostgreSQL refuses both, SQLite the first. Lists and dicts are walked.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value
