"""A room's notebook as plain values, such that live, saved and loaded ones can be compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ..snapshots.notebook_blobs import whole_numbers

_DEFAULTS = {"kernelspec": {"name": "", "display_name": ""}, "language_info": {"name": ""}}
"""What a shared document adds to a notebook that says nothing of its kernel."""


def plain(content: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook without what differs though nobody changed it: trust, and defaults of the shared document."""
    found: dict[str, Any] = whole_numbers(content)
    metadata = found.get("metadata") or {}
    found["metadata"] = {name: value for name, value in metadata.items() if value != _DEFAULTS.get(name, ...)}
    found["cells"] = [_without_trust(cell) for cell in found.get("cells", ())]
    return found


def fingerprint(content: Mapping[str, Any]) -> str:
    """Equal for notebooks that are equal as `plain` gives them."""
    return plain_and_fingerprint(content)[1]


def plain_and_fingerprint(content: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Both of a notebook, for not much more than one of them costs."""
    found = plain(content)
    return found, sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def with_trust(target: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """A merged notebook in which cells are trusted as those were that their outputs come from, and no more."""
    live, file = _by_id(ours), _by_id(theirs)
    cells = []
    for cell in target.get("cells", ()):
        mine, other = live.get(cell.get("id")), file.get(cell.get("id"))
        if mine is not None and mine.get("outputs") == cell.get("outputs"):
            cells.append(_trusted_as(cell, mine))
        else:
            cells.append(_trusted_as(cell, other or {}))
    metadata = {**{name: _DEFAULTS[name] for name in _DEFAULTS}, **target.get("metadata", {})}
    return {**target, "cells": cells, "metadata": metadata}


def _without_trust(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = {name: value for name, value in (cell.get("metadata") or {}).items() if name != "trusted"}
    return {**cell, "metadata": metadata}


def _trusted_as(cell: dict[str, Any], model: Mapping[str, Any]) -> dict[str, Any]:
    trusted = (model.get("metadata") or {}).get("trusted")
    return cell if trusted is None else {**cell, "metadata": {**cell.get("metadata", {}), "trusted": trusted}}


def _by_id(content: Mapping[str, Any]) -> dict[Any, Mapping[str, Any]]:
    return {cell.get("id"): cell for cell in content.get("cells", ())}
