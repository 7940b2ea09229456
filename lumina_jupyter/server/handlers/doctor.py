"""`/lumina/api/doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized

from ..progress import ProgressHandler

if TYPE_CHECKING:
    from ...doctor import Finding


class DoctorHandler(ProgressHandler):
    """Examines this server."""

    @authorized
    async def get(self) -> None:
        """Each finding as it is made; `?offline=1` leaves providers on other machines alone."""
        await self.stream(self._examine(offline=self.flag("offline")))

    async def _examine(self, *, offline: bool) -> AsyncGenerator[Finding, None]:
        from ...doctor import examine_engine, examine_machine

        settings = self.service.settings
        for finding in await asyncio.to_thread(lambda: list(examine_machine(dict(os.environ), settings))):
            yield finding
        async for finding in examine_engine(await self.engine(), offline=offline):
            yield finding
