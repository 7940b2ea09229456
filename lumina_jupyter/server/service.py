"""What every route works with: the settings, the engine, the notebooks, the answers under way.

Making it costs next to nothing: the engine and everything it needs are imported in a thread when the
first request comes.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..collaboration.snapshots.contributors import Contributors
from ..errors import ServerUnreachable
from .kernel_token import KernelToken

if TYPE_CHECKING:
    from ..collaboration import Places
    from ..collaboration.execution.kernels import NotebookKernels
    from ..collaboration.notices import Notices
    from ..context.kernel import KernelEyes
    from ..context.surroundings import Surroundings
    from ..engine import Engine
    from ..settings import Lumina
    from .kernels import ServerKernels
    from .notebooks import Notebooks, RenameWatch

SERVICE = "lumina_service"
"""The name under which tornado's settings hold it."""
CLOSE_TIMEOUT = 5.0
"""Seconds that the engine gets to end when the server does."""

FULL_COLLECTION_EVERY = 100
"""Collections of the middle generation before a full one; Python's own default is 10."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer under way, as whoever ends the server sees it. Without a `request_id` it has none to be cancelled by."""

    request_id: str
    looks_on: bool
    """Whether it only follows what others do, so that it has to be stopped."""
    stop: Callable[[], None]


class Service:
    """Lumina as one Jupyter server runs it."""

    def __init__(self, settings: Lumina, notebooks: Notebooks, kernels: ServerKernels) -> None:
        self.settings = settings
        self.surroundings: Callable[[], Surroundings] | None = None
        """What the engine is told of the server around it."""
        self.places: Callable[[], Places] | None = None
        """Where the notebooks are that the engine edits."""
        self.notebook_kernels: Callable[[], NotebookKernels] | None = None
        """Where their cells run."""
        self.notices: Notices | None = None
        """What happened to live notebooks without anybody asking for it; None while their guard is off."""
        self.renames: RenameWatch | None = None
        """Tells of renames; None where the server tells nobody of them."""
        self.notebooks = notebooks
        self._kernels = kernels
        self._eyes: KernelEyes | None = None
        self.kernel_token = KernelToken()
        self.contributors = Contributors(settings.data_path / "contributors", settings.history_days)
        """Who edits notebooks, for the moments of their history."""
        self.answers: dict[asyncio.Future[None], Answer] = {}
        """The answers under way; the key is done when all of one is written."""
        self._engine: Engine | None = None
        self._engine_lock = asyncio.Lock()
        self._closed = False
        self._settled = False

    async def engine(self) -> Engine:
        """The engine; made when it is first asked for.

        Raises:
            InvalidSetting: when it cannot be made of the settings.
            ServerUnreachable: when the server is about to end.
        """
        if self._engine is None:
            async with self._engine_lock:
                gc.freeze()  # importing allocates much, and would have all of the server's objects looked at
                cls = await asyncio.to_thread(_import_engine)
                if self._closed:
                    raise ServerUnreachable("The Jupyter server is shutting down.")
                if self._engine is None:
                    surroundings = self.surroundings() if self.surroundings is not None else None
                    places = self.places() if self.places is not None else None
                    kernels = self.notebook_kernels() if self.notebook_kernels is not None else None
                    engine = cls(self.settings, dict(os.environ), surroundings, places, kernels, self.contributors)
                    await asyncio.to_thread(engine.load_preferences)
                    # People see in their pages what tools ask them.
                    engine.tools.questions.reachable = True
                    self._engine = engine
        return self._engine

    @property
    def kernels(self) -> ServerKernels:
        """The server's kernels."""
        return self._kernels

    @property
    def eyes(self) -> KernelEyes:
        """The eyes on the server's kernels."""
        if self._eyes is None:
            from ..context.kernel import KernelEyes

            self._eyes = KernelEyes(self._kernels, self.settings)
        return self._eyes

    def settle(self) -> None:
        """What is loaded by now stays, so no full garbage collection need look at it again.

        To be called after the first answer, and when the first live notebook is open.

        A Jupyter server holds some 300,000 objects, and a full collection of them stops the event loop
        for 100 to 200 ms. Freezing is done at once and only leaves out what was garbage at that moment.
        What comes later is looked at in full less often: hundreds of streams hold objects enough for 40 ms.
        """
        if self._settled:
            return
        self._settled = True
        gc.freeze()
        young, middle, old = gc.get_threshold()
        gc.set_threshold(young, middle, max(old, FULL_COLLECTION_EVERY))

    def received(self, document: Any, update: bytes, *, user: str, is_state: bool) -> None:
        """Take note of what a participant of a live notebook sent; without an engine no agent has written yet."""
        if self._engine is not None:
            self._engine.undoing.received(document, update, user=user, is_state=is_state)

    async def close(self) -> None:
        """End the engine, if there is one; there will be no other."""
        self._closed = True
        engine, self._engine = self._engine, None
        eyes, self._eyes = self._eyes, None
        if eyes is not None:
            await eyes.close()
        if engine is not None:
            await self._end(engine)

    async def close_names(self) -> None:
        """Bring to disk who edited notebooks, when nothing saves these any more."""
        await asyncio.to_thread(self.contributors.close)

    async def _end(self, engine: Engine) -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._end_answers(engine)
                await engine.close()
        except TimeoutError:
            log.warning("Lumina's engine did not end within %s seconds.", CLOSE_TIMEOUT)

    async def _end_answers(self, engine: Engine) -> None:
        """Cancel what is under way, and let each be told and kept up to its end while the database is open."""
        for answer in self.answers.values():
            engine.cancel(answer.request_id)
        await engine.end_work()
        for answer in self.answers.values():
            if answer.looks_on:
                answer.stop()
        if self.answers:
            await asyncio.wait(list(self.answers), timeout=CLOSE_TIMEOUT / 2)


def _import_engine() -> type[Engine]:
    from ..engine import Engine

    return Engine
