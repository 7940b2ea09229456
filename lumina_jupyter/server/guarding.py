"""The guard for live notebooks, as one server has it: on where it is wanted and live notebooks are there."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ..errors import LuminaError

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from ..collaboration.notices import Notice
    from ..collaboration.snapshots.snapshots import Snapshots
    from ..collaboration.ydoc_server import LiveGuard
    from .service import Service

COLLABORATION = "jupyter_server_ydoc"
FOLDER = "rooms"

log = logging.getLogger(__name__)


class Guarding:
    """Puts the guard on and takes it off; costs nothing where it is not wanted.

    Args:
        server: The Jupyter server.
        service: Has the settings.
    """

    def __init__(self, server: ServerApp, service: Service) -> None:
        self._server = server
        self._service = service
        self._guard: LiveGuard | None = None

    @property
    def guard(self) -> LiveGuard | None:
        """The guard; None while it is off."""
        return self._guard

    def install(self) -> None:
        """Put the guard on, unless it is already or cannot be."""
        settings = self._service.settings
        if self._guard is not None or not settings.live_guard or COLLABORATION not in self._server.web_app.settings:
            return
        try:
            from ..collaboration.notices import SCHEMA, Notices
            from ..collaboration.ydoc_server import LiveGuard
        except ImportError:
            log.exception("live notebooks are without their guard")
            return
        self._register(SCHEMA)
        notices = Notices(self._publish)
        service, folder = self._service, settings.data_path / FOLDER
        guard = LiveGuard(
            self._server,
            folder,
            self._snapshots,
            notices,
            service.received,
            service.contributors,
            service.settle,
            settings.notebook_mb,
        )
        try:
            guard.install()
        except LuminaError as error:
            log.error("live notebooks are without their guard: %s", error)
        else:
            self._guard, self._service.notices = guard, notices

    async def close(self) -> None:
        """Bring live notebooks to disk and take the guard off."""
        guard, self._guard = self._guard, None
        if guard is not None:
            await guard.close()

    def _snapshots(self) -> Snapshots:
        from ..collaboration.snapshots.snapshots import Snapshots

        return Snapshots(self._service.settings, self._service.contributors)

    def _register(self, schema: dict[str, Any]) -> None:
        events = self._server.event_logger
        if events is not None and schema["$id"] not in events.schemas.schema_ids:
            events.register_event_schema(schema)

    def _publish(self, notice: Notice) -> None:
        from ..collaboration.notices import SCHEMA_ID

        events = self._server.event_logger
        if events is not None:
            data = {
                "kind": notice.kind,
                "path": notice.path,
                "message": notice.message,
                "snapshot": notice.snapshot,
            }
            events.emit(schema_id=SCHEMA_ID, data=data)
