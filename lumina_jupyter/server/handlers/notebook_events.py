"""`/lumina/api/notebooks/events`: what somebody who has a notebook open needs to know of it, as it changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from tornado.web import HTTPError

from ..event_stream import StreamingHandler
from ..notebook_base import NotebookBase

if TYPE_CHECKING:
    from ...collaboration import NotebookDocument
    from ...collaboration.replicas.watching import Watch
    from ...engine import Engine
    from ...tools.pages import Page

TOGETHER = 0.2
"""Seconds in which changes are told as one: people type."""
LOOK_AGAIN = 5.0
"""Seconds after which a notebook that something is proposed for is looked at without being told of a change: files
change in silence, and a room may have begun."""

MOST_STEPS = 200
"""Steps that are told, the last ones."""

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class NotebookEventsHandler(StreamingHandler, NotebookBase):
    """Tells the whole of each topic at the beginning, and again when it is another."""

    looks_on = True

    @authorized
    async def get(self) -> None:
        """Follow the notebook of `?path=`."""
        path = await self.path_in_query()
        engine = await self.engine()
        document = await engine.notebooks.open(path)
        told: dict[str, str] = {}
        async with self.while_connected():
            with engine.watching.watch(document.key) as watch, self._page(engine, document, watch) as page:
                self.begin_stream()
                async for topics in self._states(engine, document, watch, page):
                    news = {name: text for name, text in topics.items() if told.get(name) != text}
                    told.update(news)
                    text = "".join(f"event: {name}\ndata: {data}\n\n" for name, data in news.items())
                    if text:
                        await self.send_frames(text.encode("utf-8", "replace"))

    def _page(self, engine: Engine, document: NotebookDocument, watch: Watch) -> AbstractContextManager[Page | None]:
        """The page in which the notebook is on top; a kernel has none."""
        return nullcontext() if self.is_kernel else engine.pages.open(self.asker, document.path, watch.wake)

    async def _states(
        self, engine: Engine, document: NotebookDocument, watch: Watch, page: Page | None
    ) -> AsyncIterator[dict[str, str]]:
        """What there is to tell: at once, and whenever something may have changed."""
        from ...collaboration.replicas.watching import woken_by

        observing, told = False, True
        while True:
            with woken_by(document.replica.document.ydoc, watch) if observing else nullcontext():
                proposals = await engine.proposals.of_notebook(document.path)
                state = {
                    "proposals": _encode({"proposals": [asdict(each) for each in proposals]}),
                    "agents": _encode({"agents": [asdict(each) for each in engine.seats.of(document.key)]}),
                }
                if page is not None:
                    page.notebook = document.path
                    state["requests"] = _encode({"requests": [asdict(each) for each in page.requests.values()]})
                if told:
                    steps = await engine.undoing.steps(document.path)
                    state["steps"] = _encode({"steps": [asdict(each) for each in steps[-MOST_STEPS:]]})
                    state["file"] = _encode({"file": await self._file(document)})
                yield state
                told = False
                if bool(proposals) != observing:
                    observing = not observing
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN if proposals else None):
                        told = await watch.changed()
            await asyncio.sleep(TOGETHER)

    async def _file(self, document: NotebookDocument) -> dict[str, str]:
        """When the file was changed, for pages that show what it held; a live notebook's show the notebook itself."""
        if document.live:
            return {}
        contents: Any = self.contents_manager
        with suppress(HTTPError):
            model = await ensure_async(contents.get(document.path, content=False))
            return {"last_modified": model["last_modified"].isoformat()}
        return {}
