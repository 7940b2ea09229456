"""What happened to notebooks without anybody asking for it: logged, sent as an event, and kept for who looks."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

NoticeKind = Literal["cells_put_back", "merged", "conflict", "damaged_file", "not_saved", "reconnected"]
SCHEMA_ID = "https://lumina-jupyter.example/events/notebook_notice/v1"
SCHEMA = {
    "$id": SCHEMA_ID,
    "version": "1",
    "title": "Notice about a notebook",
    "description": "Something was done to a notebook so that nothing of it is lost.",
    "type": "object",
    "properties": {
        "kind": {"type": "string", "title": "Kind", "description": "What it was."},
        "path": {"type": "string", "title": "Path", "description": "The notebook."},
        "message": {"type": "string", "title": "Message", "description": "A sentence for people."},
        "snapshot": {"type": "string", "title": "Snapshot", "description": "The copy that was kept, or nothing."},
    },
    "required": ["kind", "path", "message"],
}
_KEPT = 200

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that happened. `snapshot` is the id of the copy that was kept; `at` is in seconds since 1970."""

    kind: NoticeKind
    path: str
    message: str
    snapshot: str = ""
    at: float = field(default_factory=time.time)


class Notices:
    """The latest notices of one server.

    Args:
        publish: Told of each one, to send it on as an event.
    """

    def __init__(self, publish: Callable[[Notice], None] | None = None) -> None:
        self._publish = publish
        self._latest: deque[Notice] = deque(maxlen=_KEPT)

    def add(self, notice: Notice) -> None:
        """Tell of something."""
        log.warning("%s: %s", notice.path, notice.message)
        self._latest.append(notice)
        if self._publish is not None:
            self._publish(notice)

    def of(self, path: str) -> list[Notice]:
        """What happened to a notebook, the latest first."""
        return [each for each in reversed(self._latest) if each.path == path]
