"""The websocket of a room: without delay, for those alone who may use it, and for writers alone where it writes."""

from __future__ import annotations

import asyncio
import inspect
import logging
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server_ydoc.handlers import DocSessionHandler, YDocWebSocketHandler
from jupyter_server_ydoc.utils import (
    SERVER_SESSION,
    YDOC_SERVER_VERSION,
    MessageType,
    check_session_compatibility,
    room_id_from_encoded_path,
)
from pycrdt import (  # noqa: TID253 (imported where jupyter-server-ydoc is loaded)
    Decoder,
    YSyncMessageType,
    read_message,
)
from tornado.web import HTTPError, authenticated

from .arrival import Arrival
from .close_reason import fitting
from .rights import WriteRight, may
from .room import LiveRoom
from .writers import Writer

if TYPE_CHECKING:
    from .rooms import Rooms

_CHANGES = (YSyncMessageType.SYNC_STEP2, YSyncMessageType.SYNC_UPDATE)

log = logging.getLogger(__name__)


class _Prepared(JupyterHandler):
    """Comes between upstream's socket and Jupyter's handler: refuses, and makes the room, before upstream looks."""

    rooms: Rooms

    async def prepare(self, **named: Any) -> None:
        """Let nobody in who may not read, and nobody's page from elsewhere.

        Raises:
            HTTPError: 403.
        """
        await super().prepare(**named)
        if not await may(self, "read") or not self.check_origin():
            raise HTTPError(403)
        await self.rooms.ready_for(room_id_from_encoded_path(self.request.path))


class GuardedSocket(YDocWebSocketHandler, _Prepared):  # type: ignore[misc]  # upstream ships no types
    """One participant's connection to a room."""

    room: Any = None
    """Upstream deletes its own when the room ends, and asks for it afterwards."""

    def initialize(self, rooms: Rooms, **arguments: Any) -> None:
        """Take the rooms beside what upstream takes."""
        self.rooms = rooms
        super().initialize(**{**arguments, "ystore_class": rooms.store_class(arguments["ystore_class"])})
        self._write_right = WriteRight(self)
        self._arrival: Arrival | None = None
        self._refused = 0

    def check_origin(self, origin_to_satisfy_tornado: str = "") -> bool:
        """Whether a page from there may connect: as with all of Jupyter's websockets."""
        return bool(WebSocketMixin.check_origin(self, origin_to_satisfy_tornado or None))

    def get_query_argument(self, name: str, *arguments: Any, **named: Any) -> Any:
        """Upstream's; a session that nobody remembers counts as this one: any history can be taken in."""
        found = super().get_query_argument(name, *arguments, **named)
        if name != "sessionId" or found == SERVER_SESSION or not isinstance(self.room, LiveRoom):
            return found
        root = self.settings.get("server_root_dir", "")
        place = self.settings.get("collaborative_session_store_path")
        _, reason = check_session_compatibility(root, found, YDOC_SERVER_VERSION, session_store_path=place)
        return SERVER_SESSION if reason == "unknown_session" else found

    async def open(self, room_id: str) -> None:
        """Begin."""
        self.set_nodelay(True)
        if isinstance(self.room, LiveRoom):
            self._arrival = Arrival(self.room, self)
        # The room's file is read in a thread that ends with the task which has begun it. This one is here as long as the
        # socket is open: a server that ends would wait for that thread, and so for ever.
        await asyncio.create_task(super().open(room_id))
        self.rooms.settle()

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Upstream's; it says why in JSON, which is cut to what a websocket can say at its end."""
        super().close(code, None if reason is None else fitting(reason))

    async def on_message(self, message: Any) -> None:
        """Take a message in, unless it writes and who sent it may not."""
        if not isinstance(message, bytes) or len(message) < 2:
            return
        kind = message[0]
        if kind == MessageType.SYNC:
            if message[1] in _CHANGES and not await self._write_right.holds():
                self._refuse()
                return
            if self._arrival is not None and not await self._arrival.lets_through(message):
                return
        elif kind == MessageType.RAW and not await self._write_right.holds():
            await self._refuse_request(message)
            return
        await super().on_message(message)
        if kind == MessageType.RAW and isinstance(self.room, LiveRoom):
            self.room.was_answered()

    async def send(self, message: bytes) -> None:
        """Send a message; updates that come before the first answer are in that answer."""
        early = self._arrival is not None and not self._arrival.listens
        if not (early and message[0] == MessageType.SYNC and message[1] == YSyncMessageType.SYNC_UPDATE):
            await super().send(message)

    async def __anext__(self) -> bytes:
        """The next message; until it is asked for, this participant is the room's writer."""
        if isinstance(self.room, LiveRoom):
            self.room.writer = None
        message: bytes = await super().__anext__()
        if isinstance(self.room, LiveRoom):
            user = self.current_user
            self.room.writer = Writer(user.username, user.display_name or user.name or user.username)
            self._tell_of(message, self.room.writer)
        return message

    def _tell_of(self, message: bytes, writer: Writer) -> None:
        """Tell of an update that the room takes in before anything else runs."""
        if message[0] != MessageType.SYNC or message[1] not in _CHANGES:
            return
        try:
            update = read_message(message[2:])
        except (AssertionError, IndexError):
            # No update at all: the room will say so.
            return
        is_state = message[1] == YSyncMessageType.SYNC_STEP2
        self.rooms.received(self.room.ydoc, update, user=writer.name, is_state=is_state)

    def pass_on(self, message: bytes) -> None:
        """Hand a message that was held back to the room."""
        self._message_queue.put_nowait(message)

    def _refuse(self) -> None:
        self._refused += 1
        if self._refused == 1:
            log.warning("%s may not write: edits to %s are dropped", self.current_user.username, self._room_id)

    async def _refuse_request(self, message: bytes) -> None:
        decoder = Decoder(message)
        decoder.read_var_uint()
        if decoder.read_var_string() == "save":
            reply = {"type": "save", "responseTo": decoder.read_var_uint(), "status": "failed"}
            await self.send(self._encode_json_message(reply))


class GuardedSession(DocSessionHandler):  # type: ignore[misc]  # upstream ships no types
    """What a frontend asks first; whoever may read may open a room: it refuses their edits."""

    allowed: ClassVar[str] = "read"

    @authenticated
    @authorized("read")  # type: ignore[untyped-decorator]  # upstream's
    async def put(self, path: str) -> None:
        """The room and session of a notebook."""
        await inspect.unwrap(DocSessionHandler.put)(self, path)
