"""Fits on a Dask cluster. Everything goes over Dask's own connections; `distributed` is loaded when a search asks for it."""

from __future__ import annotations

import contextlib
import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from lumina_jupyter.errors import ClusterUnavailable, MissingExtra, SettingUnusable

from .address import split_address
from .line import Line
from .values_only import values_only

T = TypeVar("T")
PREFIX = "dask://"
CONNECT_SECONDS = 10.0
WORKERS_SECONDS = 20.0
"""How long is waited for the first worker."""
ANSWER_SECONDS = 60.0
SEND_SECONDS = 600.0
LOOK_SECONDS = 1.0
"""Between two looks at which workers there are."""
MEMORY_SHARE = 0.8
"""How much of a worker's memory its fits may hold: the worker itself needs some, and has the table."""
SILENT_SECONDS = 30.0
"""A scheduler that says nothing for so long is lost."""


class DaskCluster:
    """A Dask cluster.

    Args:
        client: A `distributed.Client` that is connected to it.
        own: Whether it was made for this: it is closed together with it, and reads nothing but values.

    Raises:
        ClusterUnavailable: when it has no workers.
    """

    def __init__(self, client: Any, *, own: bool) -> None:
        address = client.scheduler.address if client.scheduler is not None else "?"
        self.name = f"the Dask cluster at {address}"
        self._client = client
        self._own = own
        self._line = Line(self.name)
        self._places = 0
        self._heard = time.monotonic()
        self._looked = 0.0
        try:
            workers = self._ask(WORKERS_SECONDS + 5.0, self._wait_for_workers)
        except ClusterUnavailable as error:
            self.close()
            raise ClusterUnavailable(
                f"{self._line.titled} has no workers.", hint="Start some: `dask worker tcp://host:port`."
            ) from error
        limits = [worker["memory_limit"] / max(1, worker["nthreads"]) for worker in workers.values()]
        self.memory = int(min((limit for limit in limits if limit), default=0) * MEMORY_SHARE)

    def places(self) -> int:
        """How many threads all workers have together."""
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            with contextlib.suppress(ClusterUnavailable):
                self._places = sum(self._ask(5.0, self._client.nthreads).values())
                self._heard = time.monotonic()
            self._looked = time.monotonic()
        return self._places

    def lost(self) -> str:
        """Why it can't be reached any more; empty while it can."""
        self.places()
        if self._client.status == "running" and time.monotonic() - self._heard < SILENT_SECONDS:
            return ""
        return f"The connection to {self.name} was lost."

    def everywhere(self, function: Callable[..., Any], *args: Any) -> Mapping[str, Any]:
        """Call a function on each worker."""
        found: Mapping[str, Any] = self._ask(
            ANSWER_SECONDS, lambda: self._client.run(function, *args, on_error="return")
        )
        return found

    def tell(self, function: Callable[..., Any], *args: Any) -> None:
        """Call a function on each worker soon, whatever comes of it."""
        if self._client.status == "running":
            with contextlib.suppress(ClusterUnavailable):
                self._ask(1.0, lambda: self._client.run(function, *args, on_error="ignore"))

    def put(self, data: Any) -> Any:
        """Have data on all workers; the future that stands for them."""
        # As a list: what is scattered as a mapping becomes a future for each of its values.
        (future,) = self._ask(
            SEND_SECONDS, lambda: self._client.scatter([data], broadcast=True, hash=False, timeout=SEND_SECONDS)
        )
        return future

    def begin(self, function: Callable[..., Any], *args: Any, over: Callable[[Any], None]) -> Any:
        """Run a function on some worker."""
        key = f"lumina-automl-{uuid.uuid4().hex}"

        def finished(future: Any) -> None:
            try:
                with self._reading():
                    found = future.result(timeout=SEND_SECONDS)
                over(found)
            except Exception as error:  # noqa: BLE001 - of a foreign process: the search judges it
                over(error)

        def submit() -> Any:
            future = self._client.submit(_in_workers_folder, function, *args, key=key, pure=False)
            future.add_done_callback(finished)
            return future

        return self._ask(ANSWER_SECONDS, submit)

    def give_up(self, task: Any) -> None:
        """Have it forgotten by the scheduler; a worker that has begun it is told apart."""
        if self._client.status == "running":
            with contextlib.suppress(ClusterUnavailable):
                self._ask(1.0, task.cancel)

    def close(self) -> None:
        """Leave the cluster; a client of somebody else's stays as it is."""
        if self._own:
            with contextlib.suppress(ClusterUnavailable), _quiet():
                self._ask(10.0, lambda: self._client.close(timeout=5))

    def _ask(self, seconds: float, function: Callable[[], T]) -> T:
        def ask() -> T:
            with self._reading():
                return function()

        return self._line.ask(seconds, ask)

    def _reading(self) -> contextlib.AbstractContextManager[None]:
        # A client gathers what is asked for at the same time at once: with a client of the user's that would be the user's, too.
        return values_only() if self._own else contextlib.nullcontext()

    def _wait_for_workers(self) -> Mapping[str, Mapping[str, Any]]:
        self._client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        workers: Mapping[str, Mapping[str, Any]] = self._client.scheduler_info()["workers"]
        return workers


def connect(executor: Any) -> DaskCluster:
    """The cluster that is meant by "dask://host:port" or a client.

    Raises:
        MissingExtra: when Dask is not installed.
        SettingUnusable: when it is no address, or a client for asynchronous programs.
        ClusterUnavailable: when nobody answers there, or it has no workers.
    """
    try:
        import distributed
    except ImportError as missing:
        raise MissingExtra("A search on a Dask cluster", "dask") from missing
    if isinstance(executor, distributed.Client):
        if executor.asynchronous:
            raise SettingUnusable(
                "The client of Dask is asynchronous; a search waits for what it asks.",
                hint="Give its address, or a client that was made without `asynchronous=True`.",
            )
        if executor.status != "running":
            raise ClusterUnavailable(f"The client of Dask is {executor.status}.", hint="Make a new one.")
        return DaskCluster(executor, own=False)
    make: Any = distributed.Client  # it has no types
    host, port = split_address(executor, PREFIX, whose="a Dask scheduler", port=8786)
    try:
        with values_only():
            client = make(f"tcp://{host}:{port}", timeout=CONNECT_SECONDS, set_as_default=False, name="lumina-automl")
    except (OSError, ValueError, RuntimeError) as error:
        raise ClusterUnavailable(
            f"No Dask scheduler answers at {host}:{port}.",
            hint="Start one with `dask scheduler`, or see its log for the address; for TLS give a client of Dask's.",
        ) from error
    return DaskCluster(client, own=True)


def _in_workers_folder(function: Callable[..., T], *args: Any) -> T:
    """On a worker: call it with the folder that Dask deletes when the worker is gone."""
    from distributed import get_worker

    return function(*args, get_worker().local_directory)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without what a client logs when it is closed while it tries to reach a scheduler that is gone."""
    log = logging.getLogger("distributed.client")
    before = log.disabled
    log.disabled = True
    try:
        yield
    finally:
        log.disabled = before
