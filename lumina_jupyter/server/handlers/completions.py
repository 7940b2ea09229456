"""`/lumina/api/completions`: code that is suggested where somebody types."""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized

from ...errors import BodyTooLarge, NoModelAvailable
from ...events import Event, Failed, to_dict
from ..event_stream import StreamingHandler
from ..rights import may_read

if TYPE_CHECKING:
    from ...assist.ghost_text import GhostTextRequest

MAX_BYTES = 64 * 1024
"""Of a request: the face sends some 8 kB of code around the cursor."""


class CompletionsHandler(StreamingHandler):
    """Suggests code."""

    @authorized
    async def post(self) -> None:
        """Stream one suggestion; whoever types on closes the connection, and the model stops."""
        if len(self.request.body) > MAX_BYTES:
            raise BodyTooLarge(
                f"The body has {len(self.request.body) / 1e3:.0f} kB; {MAX_BYTES / 1e3:.0f} are allowed."
            )
        cls = await self.in_thread(_request_class)
        sent = await self.body(cls)
        engine = await self.engine()
        # A kernel sees its own variables, and people those that they may read.
        seen = sent.kernel_id if not self.is_kernel and await may_read(self, "kernels") else ""
        suggestion = engine.suggest(replace(sent, user=self.asker, kernel_id=seen))
        async with self.while_connected(sent.request_id), aclosing(suggestion) as events:
            try:
                async for event in events:
                    await self._say(event)
            except NoModelAvailable as error:
                # Nobody did anything wrong: a browser would put a failed request into its console at every pause.
                await self._say(Failed.of(error))

    async def _say(self, event: Event) -> None:
        await self.send(json.dumps(to_dict(event), separators=(",", ":")))


def _request_class() -> type[GhostTextRequest]:
    from ...assist.ghost_text import GhostTextRequest

    return GhostTextRequest
