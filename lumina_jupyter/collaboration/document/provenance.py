"""Where a cell's text comes from, as it stands in the cell's metadata: which model, when, in which run, who reviewed it.

Never what was asked. People can edit metadata by hand; what they made of it is read with care and never trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .author import Author

KEY = "lumina"
"""Under which a cell's metadata holds what is ours."""
_OURS = ("model", "time", "run", "reviewed_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The last edit of a cell by a model. `time` is ISO 8601 in UTC; `reviewed_by` is empty when nobody did."""

    model: str
    time: str = ""
    run: str = ""
    reviewed_by: str = ""


def provenance_in(metadata: Mapping[str, Any]) -> Provenance | None:
    """What a cell's metadata says; None when no model wrote it, or when it is not what we write."""
    kept = metadata.get(KEY)
    if not isinstance(kept, Mapping):
        return None
    known = {name: kept[name] for name in _OURS if isinstance(kept.get(name), str)}
    return Provenance(**known) if known.get("model") else None


def stamped(metadata: Mapping[str, Any], author: Author) -> dict[str, Any] | None:
    """What is ours of a cell's metadata after an edit by this author; None when it stays as it is."""
    if not author.model or author.kind not in {"agent", "proposal"}:
        return None
    kept = metadata.get(KEY)
    others = {name: value for name, value in kept.items() if name not in _OURS} if isinstance(kept, Mapping) else {}
    ours = {"model": author.model, "time": datetime.now(UTC).isoformat(timespec="seconds"), "run": author.run}
    if author.kind == "proposal" and author.user:
        ours["reviewed_by"] = author.user
    return {**others, **{name: value for name, value in ours.items() if value}}
