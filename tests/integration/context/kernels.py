"""Real kernels to look into, each with a person's client beside the eyes."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager

from lumina_jupyter.context.kernel import Budget, KernelEyes, RunningKernel
from lumina_jupyter.settings import Lumina

ID = "kernel"
PATIENT = Budget(seconds=60)
"""No test depends on how fast a machine is."""


@dataclass
class Ran:
    """What a cell gave."""

    status: str
    text: str
    displayed: list[dict[str, Any]]
    number: int


@dataclass
class Notebook:
    """A kernel, the client of the person whose it is, and eyes on it."""

    manager: AsyncKernelManager
    client: Any
    folder: Path
    language: str = "python"
    is_busy: bool = False
    eyes: KernelEyes = field(init=False)
    flags: int = 0

    def running(self, kernel_id: str) -> RunningKernel | None:
        """The eyes' question."""
        if kernel_id != ID:
            return None
        return RunningKernel(
            language=self.language, connection=dict(self.manager.get_connection_info()), is_busy=self.is_busy
        )

    async def run(self, code: str, **options: Any) -> Ran:
        """What a cell's own output is: what carries another parent is not part of it."""
        texts: list[str] = []
        displayed: list[dict[str, Any]] = []

        def keep(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                texts.append(content["text"])
            elif message["msg_type"] in {"display_data", "execute_result"}:
                displayed.append(content["data"])
            elif message["msg_type"] == "error":
                texts.append("\n".join(content["traceback"]))

        reply = await self.client.execute_interactive(code, timeout=120, output_hook=keep, **options)
        return Ran(reply["content"]["status"], "".join(texts), displayed, reply["content"]["execution_count"])

    @asynccontextmanager
    async def busy(self, before: str = "", after: str = "", *, body: str = "pass") -> AsyncIterator[Callable[[], Any]]:
        """While a cell runs, and until the block ends; gives a function that says what the cell gave."""
        self.flags += 1
        begun, stop = self.folder / f"begun{self.flags}", self.folder / f"stop{self.flags}"
        code = f"""
import os as _os
{before}
open({str(begun)!r}, "w").close()
while not _os.path.exists({str(stop)!r}):
    {body}
{after}
"""
        task = asyncio.ensure_future(self.run(code))
        await until(lambda: begun.exists() or task.done())
        assert not task.done(), task.result()
        self.is_busy = True
        try:
            yield task.result
        finally:
            stop.touch()
            await task
            self.is_busy = False


async def until(condition: Callable[[], Any]) -> None:
    """Wait for what another process does; a coroutine function is awaited."""
    while not (await found if inspect.isawaitable(found := condition()) else found):  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0.01)


@asynccontextmanager
async def notebook(folder: Path, argv: list[str] | None = None, **settings: Any) -> AsyncIterator[Notebook]:
    """A kernel, with eyes on it; `argv` is its command when it is not the usual one."""
    manager = AsyncKernelManager()
    if argv is not None:
        assert manager.kernel_spec is not None
        manager.kernel_spec.argv = argv
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    made = Notebook(manager, client, folder)
    made.eyes = KernelEyes(made, Lumina(**settings))
    try:
        await client.wait_for_ready(timeout=120)
        yield made
    finally:
        await made.eyes.close()
        client.stop_channels()
        with suppress(RuntimeError):
            await manager.shutdown_kernel(now=True)
