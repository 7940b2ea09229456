"""Runs programs in the sandbox without ever blocking the event loop."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ...errors import SandboxUnavailable
from .arguments import SOURCE, Program
from .limits import Limits
from .output import OnOutput, Stream
from .places import checked_readable
from .result import SandboxResult
from .status import SandboxStatus, probe

AT_ONCE = 4


class Sandbox:
    """Runs programs that are not the user's where they reach nothing of hers.

    They have no network, see the system's programs and the server's Python read-only, a scratch folder that they may
    write, and the folders that the caller names; not the rest of the disk, no other processes, no environment.

    Args:
        private: Folders and files that stay hidden though they are in what can be seen; Jupyter's own always do.
        at_once: How many programs run at a time; more wait.
    """

    def __init__(self, *, private: Iterable[Path] = (), at_once: int = AT_ONCE) -> None:
        self._private = tuple(private)
        self._turns = asyncio.Semaphore(at_once)

    async def status(self) -> SandboxStatus:
        """Whether programs can be shut in here; found out once."""
        return await asyncio.to_thread(probe)

    async def run(
        self,
        argv: Sequence[str],
        *,
        limits: Limits | None = None,
        scratch: Path | None = None,
        readable: Iterable[Path] = (),
        environment: Mapping[str, str] | None = None,
        on_output: OnOutput | None = None,
    ) -> SandboxResult:
        """Run a program to its end, its limit, or until this is cancelled; then nothing of it is left.

        Args:
            argv: The program and its arguments.
            limits: What it may use.
            scratch: A folder of ours: the program finds its files in its working folder and leaves its own there.
                Without one they are listed and forgotten. No two runs at a time may have the same.
            readable: Folders that it may read, where they are.
            environment: Variables that it gets beside the few that it has.
            on_output: Told what is printed, as it is printed, as long as it is kept.

        Raises:
            SandboxUnavailable: when this machine cannot shut it in; it has not run then.
            InvalidArguments: for a readable folder that is none, or that is the system's.
            ToolFailed: when the files of `scratch` do not fit.
        """
        return await self._run(argv, None, limits, scratch, readable, environment, on_output)

    async def run_python(
        self,
        source: str,
        *,
        limits: Limits | None = None,
        scratch: Path | None = None,
        readable: Iterable[Path] = (),
        environment: Mapping[str, str] | None = None,
        on_output: OnOutput | None = None,
    ) -> SandboxResult:
        """Run Python source with the server's interpreter and packages; the rest is as with `run`."""
        argv = [sys.executable, "-B", "-P", "-u", SOURCE]
        return await self._run(argv, source, limits, scratch, readable, environment, on_output)

    async def _run(
        self,
        argv: Sequence[str],
        source: str | None,
        limits: Limits | None,
        scratch: Path | None,
        readable: Iterable[Path],
        environment: Mapping[str, str] | None,
        on_output: OnOutput | None,
    ) -> SandboxResult:
        status = await self.status()
        if status.bubblewrap is None:
            raise SandboxUnavailable(
                f"This code is not run, since it cannot be shut in here: {status.text}",
                hint=status.fix,
            )
        program = Program(
            argv=argv,
            source=source,
            limits=limits or Limits(),
            readable=await asyncio.to_thread(lambda: [checked_readable(folder) for folder in readable]),
            private=self._private,
            environment=environment or {},
        )
        async with self._turns:
            return await _in_a_thread(status.bubblewrap, program, scratch, on_output)


async def _in_a_thread(
    bubblewrap: Path, program: Program, scratch: Path | None, on_output: OnOutput | None
) -> SandboxResult:
    """The run in a thread of its own; when this is cancelled, it is first brought to its end."""
    from .run import Stop, run  # what it is made of exists on Linux alone

    loop = asyncio.get_running_loop()
    done: asyncio.Future[SandboxResult] = loop.create_future()
    stop = Stop()

    def told(action: Callable[..., None], *values: object) -> None:
        with suppress(RuntimeError):  # the loop has closed: nobody waits any more
            loop.call_soon_threadsafe(action, *values)

    def show(stream: Stream, text: str) -> None:
        if on_output is not None:
            told(on_output, stream, text)

    def work() -> None:
        result, failure = None, None
        try:
            result = run(bubblewrap, program, scratch, show, stop)
        except BaseException as error:  # noqa: BLE001 - handed to who waits
            failure = error
        stop.close()
        told(_settle, done, result, failure)

    threading.Thread(target=work, name="lumina-sandbox", daemon=True).start()
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        if not done.done():
            stop.set()
            await asyncio.wait([done])
        raise


def _settle(done: asyncio.Future[SandboxResult], result: SandboxResult | None, error: BaseException | None) -> None:
    if result is not None:
        done.set_result(result)
    elif error is not None:
        done.set_exception(error)
