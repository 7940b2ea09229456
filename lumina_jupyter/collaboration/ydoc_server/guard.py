"""Puts our rooms and sockets into the routes of one server, and takes them out again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..notices import Notices
from ..snapshots.contributors import Contributors
from .keeping import Keeping

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from ..snapshots.snapshots import Snapshots
    from .rooms import Rooms
    from .writers import Received

SESSIONS = "collaborative_session_store_path"
"""Upstream's name of the setting for the file of known sessions."""
_UPSTREAM = "jupyter_server_ydoc"

log = logging.getLogger(__name__)


class LiveGuard:
    """Keeps a server's live notebooks from losing anything.

    Args:
        server: The Jupyter server.
        folder: Where rooms keep what they need, in the data folder.
        snapshots: Makes the store of copies that people can look at.
        notices: What people are told.
        received: Told what participants send, for the history of what an agent's undo leaves alone.
        contributors: Told whose edits live notebooks take in.
        settle: Called when somebody has come into a room: what the server needs for it is loaded by then.
        largest_mb: MB of a file that is opened, at most; 0: no limit.
    """

    def __init__(
        self,
        server: ServerApp,
        folder: Any,
        snapshots: Callable[[], Snapshots],
        notices: Notices,
        received: Received,
        contributors: Contributors,
        settle: Callable[[], None] = lambda: None,
        largest_mb: float = 0.0,
    ) -> None:
        self._server = server
        self._folder = folder
        self._snapshots = snapshots
        self._notices = notices
        self._received = received
        self._contributors = contributors
        self._settle = settle
        self._largest_mb = largest_mb
        self._rooms: Rooms | None = None
        self._rules: list[tuple[Any, Any, dict[str, Any]]] = []
        self._collaboration: Any = None
        self._sessions: str | None = None

    @property
    def rooms(self) -> Rooms | None:
        """The live rooms; None where there can be none."""
        return self._rooms

    def install(self) -> bool:
        """Begin, if jupyter-server-ydoc is there; whether the guard is on."""
        settings = self._server.web_app.settings
        collaboration = settings.get(_UPSTREAM)
        if self._rooms is not None or collaboration is None or not hasattr(collaboration, "ywebsocket_server"):
            return self._rooms is not None
        # Only here: upstream's modules are loaded already, so that this costs next to nothing.
        from jupyter_server.services.contents.handlers import ContentsHandler
        from jupyter_server_ydoc.handlers import DocSessionHandler, YDocWebSocketHandler

        from .allocation import reuse_memory
        from .questions import GuardedContents
        from .rooms import Rooms
        from .sockets import GuardedSession, GuardedSocket

        reuse_memory()
        root = str(settings.get("server_root_dir") or ".")
        keeping = Keeping(self._folder, root, self._snapshots, self._notices, self._contributors, self._largest_mb)
        self._collaboration = collaboration
        self._rooms = Rooms(self._server, collaboration, keeping, self._received, self._settle)
        collaboration.get_document = self._rooms.get_document
        self._sessions = settings.get(SESSIONS)
        if self._sessions is None:
            settings[SESSIONS] = str(keeping.sessions)
        for rule in _rules(self._server.web_app):
            if rule.target is YDocWebSocketHandler:
                self._retarget(rule, GuardedSocket, {**rule.target_kwargs, "rooms": self._rooms})
            elif rule.target is DocSessionHandler:
                self._retarget(rule, GuardedSession, rule.target_kwargs)
            elif rule.target is ContentsHandler:
                self._retarget(rule, GuardedContents, {**rule.target_kwargs, "rooms": self._rooms})
        return True

    async def close(self) -> None:
        """Bring what is unsaved to disk, and leave the server as it was."""
        if self._rooms is None:
            return
        await self._rooms.finish()
        for rule, target, arguments in self._rules:
            rule.target, rule.target_kwargs = target, arguments
        self._rules.clear()
        del self._collaboration.get_document
        self._server.web_app.settings[SESSIONS] = self._sessions
        self._rooms.keeping.close()
        self._rooms = None

    def _retarget(self, rule: Any, target: Any, arguments: dict[str, Any]) -> None:
        self._rules.append((rule, rule.target, rule.target_kwargs))
        rule.target, rule.target_kwargs = target, arguments


def _rules(application: Any) -> Iterator[Any]:
    """Every rule that leads to a handler."""
    pending = [application.default_router, application.wildcard_router]
    seen: set[int] = set()
    while pending:
        router = pending.pop()
        for rule in getattr(router, "rules", ()):
            if id(rule) in seen:
                continue
            seen.add(id(rule))
            if hasattr(rule.target, "rules"):
                pending.append(rule.target)
            else:
                yield rule
