"""Another version of a notebook taken into its live room, by the fewest edits and without losing what was typed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ..document.author import Author, AuthorKind
from ..document.converge import converge
from ..merging.merge import merge
from .contents import plain, with_trust

if TYPE_CHECKING:
    from ..document.converge import Changes
    from .room import LiveRoom

_ATTEMPTS = 3
"""How often a merge is made anew in a thread because somebody typed meanwhile; then the event loop waits for it."""


def apply(room: LiveRoom, target: Mapping[str, Any], *, kind: AuthorKind = "merge") -> Changes:
    """Make the room's document equal a notebook, in one transaction that carries our name."""
    author = Author(run=uuid4().hex[:12], kind=kind)
    with room.deletions.unseen(), room.ydoc.transaction(origin=author.origin):
        return converge(room.document, target)


async def merge_into(room: LiveRoom, base: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Take what another version changed since `base` into the room; whether both had changed the same.

    A cell that the other one deleted goes, unless somebody here has edited it since.
    """
    for _ in range(_ATTEMPTS):
        state = room.ydoc.get_state()
        ours, _ = await room.content()
        found, conflicts = await asyncio.to_thread(merged, base, ours, theirs)
        if room.ydoc.get_state() == state:
            break
    else:
        ours = room.read()
        found, conflicts = merged(base, ours, theirs)
    room.deletions.allow(deleted_by(base, theirs) | let_go(base, found, theirs))
    apply(room, found)
    return conflicts


def merged(
    base: Mapping[str, Any] | None, ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """The merge of three versions, of which the first may be unknown; whether it had to keep both sides of something."""
    result = merge(None if base is None else plain(base), plain(ours), plain(theirs))
    return with_trust(result.content, ours, theirs), bool(result.conflicts)


def deleted_by(base: Mapping[str, Any], theirs: Mapping[str, Any]) -> set[str]:
    """The cells that another version has deleted since `base`."""
    there = {cell.get("id") for cell in theirs.get("cells", ())}
    return {str(cell.get("id")) for cell in base.get("cells", ()) if cell.get("id") not in there}


def let_go(base: Mapping[str, Any], merged: Mapping[str, Any], theirs: Mapping[str, Any]) -> set[str]:
    """The cells that another version still has, or has again, though they were deleted here since `base`."""
    return deleted_by(theirs, merged) - deleted_by(theirs, base)
