"""The embedded models that are in memory: loaded on first use, shared, replaced when they die, unloaded when idle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from ...errors import EmbeddedModelFailed
from ...settings import Lumina
from .machine import usable_cores
from .process import ModelProcess
from .weights import PARALLEL, PROVIDER, Weight, Weights

_Key = tuple[str, bool]


@dataclass(slots=True, eq=False)
class _Loaded:
    process: ModelProcess
    users: int = 0
    last_used: float = 0.0
    idle_timer: asyncio.TimerHandle | None = field(default=None, repr=False)


class EmbeddedModels:
    """The embedded models of one engine, on its event loop.

    Several may be in memory as long as they fit comfortably together; beyond that the one unused for
    longest goes, and a model is loaded only when one of those in use has become free. One load at a time.
    """

    def __init__(self, settings: Lumina) -> None:
        self.weights = Weights(settings)
        self._settings = settings
        self._loaded: dict[_Key, _Loaded] = {}
        self._changed = asyncio.Condition()
        self._loading: dict[_Key, asyncio.Task[_Loaded]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False

    def is_loaded(self, name: str, *, embedding: bool = False) -> bool:
        """Whether the model of that name is in memory, so that an answer begins at once."""
        found = self._loaded.get((name, embedding))
        return found is not None and found.process.alive

    @property
    def context(self) -> int:
        """Tokens of context that each prompt has."""
        return self._settings.embedded_context

    @property
    def process_ids(self) -> dict[str, int]:
        """The process ids of the models in memory, by name."""
        return {key[0]: loaded.process.pid for key, loaded in self._loaded.items() if loaded.process.alive}

    @asynccontextmanager
    async def use(self, weight: Weight, *, embedding: bool = False) -> AsyncGenerator[ModelProcess, None]:
        """The process of a model, loaded if it is not; it stays in memory at least until this is left.

        Raises:
            EmbeddedModelFailed: when it cannot be loaded, or the engine is closing.
        """
        loaded = await self._acquire(weight, embedding)
        try:
            yield loaded.process
        finally:
            self._release((weight.name, embedding), loaded)

    async def close(self) -> None:
        """End every process; loads under way are waited for and ended too."""
        self._closed = True
        self._spawn(self._tell())
        await asyncio.gather(*self._loading.values(), return_exceptions=True)
        for key in list(self._loaded):
            self._unload(key)
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def _acquire(self, weight: Weight, embedding: bool) -> _Loaded:
        key = (weight.name, embedding)
        while True:
            if self._closed:
                raise _closing()
            loaded = self._loaded.get(key)
            if loaded is not None and loaded.process.alive and loaded.process.weight == weight:
                self._take(loaded)
                return loaded
            if loaded is not None:
                self._unload(key)
            task = self._loading.get(key)
            if task is None:
                task = asyncio.create_task(self._load(key, weight))
                self._loading[key] = task
                task.add_done_callback(lambda done: self._load_ended(key, done))
            # A prompt that is cancelled meanwhile must not take the load away from others.
            await asyncio.shield(task)

    async def _load(self, key: _Key, weight: Weight) -> _Loaded:
        async with self._changed:
            while not self._closed and not self._make_room(weight):
                await self._changed.wait()
            if self._closed:
                raise _closing()
            process = await asyncio.to_thread(
                ModelProcess.start,
                weight,
                context=self._settings.embedded_context,
                parallel=PARALLEL,
                threads=self._settings.embedded_threads or usable_cores(),
                embedding=key[1],
            )
            loaded = _Loaded(process)
            self._loaded[key] = loaded
            self._arm_idle_timer(key, loaded)
            return loaded

    def _load_ended(self, key: _Key, task: asyncio.Task[_Loaded]) -> None:
        self._loading.pop(key, None)
        if not task.cancelled():
            task.exception()  # seen by whoever waited; if nobody does any more, it is not worth a warning

    def _make_room(self, weight: Weight) -> bool:
        """Unload what is unused until the model fits; whether it may be loaded now."""
        budget = self.weights.memory_budget() - self.weights.memory_needed(weight)
        while (
            self._loaded
            and sum(self.weights.memory_needed(one.process.weight) for one in self._loaded.values()) > budget
        ):
            idle = [(one.last_used, key) for key, one in self._loaded.items() if not one.users]
            if not idle:
                return False
            self._unload(min(idle)[1])
        return True

    def _take(self, loaded: _Loaded) -> None:
        loaded.users += 1
        if loaded.idle_timer is not None:
            loaded.idle_timer.cancel()
            loaded.idle_timer = None

    def _release(self, key: _Key, loaded: _Loaded) -> None:
        loaded.users -= 1
        if self._loaded.get(key) is loaded and not loaded.users:
            self._arm_idle_timer(key, loaded)
            self._spawn(self._tell())

    def _arm_idle_timer(self, key: _Key, loaded: _Loaded) -> None:
        loop = asyncio.get_running_loop()
        loaded.last_used = loop.time()
        seconds = self._settings.embedded_idle_minutes * 60
        if seconds:
            loaded.idle_timer = loop.call_later(seconds, self._unload_idle, key, loaded)

    def _unload_idle(self, key: _Key, loaded: _Loaded) -> None:
        if self._loaded.get(key) is loaded and not loaded.users:
            self._unload(key)

    def _unload(self, key: _Key) -> None:
        loaded = self._loaded.pop(key)
        if loaded.idle_timer is not None:
            loaded.idle_timer.cancel()
        self._spawn(asyncio.to_thread(loaded.process.stop))

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something that nobody waits for, except `close`."""
        task = asyncio.create_task(work)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


def _closing() -> EmbeddedModelFailed:
    return EmbeddedModelFailed(
        "The embedded model is being shut down.", hint="Ask again after the restart.", provider=PROVIDER
    )
