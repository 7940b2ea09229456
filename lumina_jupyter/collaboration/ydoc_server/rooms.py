"""Makes the rooms of one server: ours for notebooks, upstream's for everything else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jupyter_server_ydoc.stores import SQLiteYStore
from jupyter_server_ydoc.websocketserver import exception_logger

from .room import LiveRoom

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from .keeping import Keeping
    from .writers import Received

NOTEBOOK = ("json", "notebook")
AGREEMENT_TIME = 3.0
"""Seconds that a frontend waits at most until all know the file as it is."""

log = logging.getLogger(__name__)


class Rooms:
    """The rooms of one server.

    Args:
        server: The Jupyter server.
        collaboration: jupyter-server-ydoc's extension.
        keeping: Where rooms keep what they need.
        received: Told what participants send.
        settle: Called when somebody has come into a room.
    """

    def __init__(
        self,
        server: ServerApp,
        collaboration: Any,
        keeping: Keeping,
        received: Received,
        settle: Callable[[], None],
    ) -> None:
        self._server = server
        self._collaboration = collaboration
        self.keeping = keeping
        self.received = received
        self.settle = settle
        self._upstream_get = collaboration.get_document
        config = collaboration.config
        self._own_store = (
            collaboration.ystore_class is SQLiteYStore
            and "db_path" not in config.get("SQLiteYStore", {})
            and "ystore_class" not in config.get("YDocExtension", {})
        )

    @property
    def live(self) -> list[LiveRoom]:
        """The rooms of notebooks that are open now."""
        return [room for room in self._websockets.rooms.values() if isinstance(room, LiveRoom)]

    def store_class(self, configured: Any) -> Any:
        """What makes the history of a room: what was configured, else ours."""
        return self._store if self._own_store else configured

    async def ready_for(self, room_id: str) -> None:
        """Have a notebook's room there before a participant comes, and keep it from being put away just then."""
        if not isinstance(self._websockets.rooms.get(room_id), LiveRoom) and not self._is_notebook(room_id):
            return
        async with self._lock(room_id):
            room = self._websockets.rooms.get(room_id)
            if room is None:
                self._websockets.add_room(room_id, self._made(room_id))
            elif room.cleaner is not None:
                room.cleaner.cancel()

    async def get_document(self, **arguments: Any) -> Any:
        """As upstream's; a room that it makes is one of ours."""
        room_id = arguments.get("room_id") or self._room_id(arguments)
        if arguments.get("create") and room_id is not None and self._is_notebook(room_id):
            await self._create(room_id)
        return await self._upstream_get(**arguments)

    async def agree(self, path: str) -> None:
        """Wait until frontends know the file of a live notebook as it is; but not for ever."""
        tasks = {asyncio.create_task(room.agree()) for room in self.live if room.ready and room.path == path}
        if tasks:
            done, _ = await asyncio.wait(tasks, timeout=AGREEMENT_TIME)
            for task in done:
                if error := task.exception():
                    log.info("the file of %s cannot be looked at: %s", path, error)

    async def finish(self) -> None:
        """Bring what is unsaved to disk."""
        if self.live:
            await asyncio.wait([asyncio.create_task(room.finish()) for room in self.live], timeout=10.0)

    async def _create(self, room_id: str) -> None:
        websockets = self._websockets
        if not websockets.started.is_set():
            self._starting = asyncio.create_task(websockets.start())
            await websockets.started.wait()
        async with self._lock(room_id):
            room = websockets.rooms.get(room_id)
            if room is None:
                room = self._made(room_id)
                websockets.add_room(room_id, room)
            try:
                await websockets.start_room(room)
                await room.initialize()
            except Exception:
                if not room.ready and not room.clients:
                    await websockets.delete_room(name=room_id)
                    await self._drop_file(room)
                raise

    async def _drop_file(self, room: LiveRoom) -> None:
        if room.file.number_of_subscriptions == 0:
            await self._collaboration.file_loaders.remove(room.key)

    def _made(self, room_id: str) -> LiveRoom:
        app = self._collaboration
        format_, kind, file_id = room_id.split(":", 2)
        return LiveRoom(
            room_id,
            format_,
            kind,
            app.file_loaders[file_id],
            self._server.event_logger,
            self.store_class(app.ystore_class)(path=f".{kind}:{file_id}.y", log=app.log),
            app.log,
            exception_handler=exception_logger,
            save_delay=app.document_save_delay,
            keeping=self.keeping,
            key=file_id,
        )

    def _store(self, path: str, **_: Any) -> Any:
        return self.keeping.store(path)

    def _room_id(self, arguments: dict[str, Any]) -> str | None:
        path = arguments.get("path")
        if path is None:
            return None
        file_id = self._server.web_app.settings["file_id_manager"].index(path)
        return f"{arguments.get('file_format')}:{arguments.get('content_type')}:{file_id}"

    def _is_notebook(self, room_id: str) -> bool:
        if tuple(room_id.split(":", 2)[:2]) != NOTEBOOK:
            return False
        ids = self._server.web_app.settings.get("file_id_manager")
        return ids is not None and ids.get_path(room_id.split(":", 2)[2]) is not None

    def _lock(self, room_id: str) -> asyncio.Lock:
        locks = self._collaboration._room_locks
        return locks.setdefault(room_id, asyncio.Lock())  # type: ignore[no-any-return]  # upstream ships no types

    @property
    def _websockets(self) -> Any:
        return self._collaboration.ywebsocket_server
