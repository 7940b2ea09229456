"""Who may see a conversation: the one place that decides, for a row in hand and for a query.

A shared conversation is for everybody who may use this server's Lumina, a private one for its owner
alone. To everybody else it does not exist: they are told the same as of an id that was never given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import NotFound
from .people import Viewer

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement


def may_see(viewer: Viewer, *, shared: bool, owner: str) -> bool:
    """Whether a conversation of that owner is for the viewer's eyes."""
    return shared or (owner != "" and owner == viewer.name)


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The same as a condition over the table of conversations."""
    from sqlalchemy import or_

    from ..storage.tables import conversations as table

    return or_(table.c.shared, table.c.owner == viewer.name) if viewer.name else table.c.shared.is_(True)


def not_there(conversation_id: str) -> NotFound:
    """What is said of a conversation that does not exist, or not for who asks."""
    return NotFound(f"There is no conversation {conversation_id}.")
