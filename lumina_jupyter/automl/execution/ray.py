"""Fits on a Ray cluster, through Ray Client; `ray` is loaded when a search asks for it."""

from __future__ import annotations

import contextlib
import logging
import pickle
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lumina_jupyter.errors import ClusterUnavailable, MissingExtra, SettingUnusable

from . import ray_host
from .address import split_address
from .line import OneLine
from .ray_hosts import Hosts, Task
from .ray_packing import Parcel, pack

PREFIX = "ray://"
NAMESPACE = "lumina-automl"
CONNECT_SECONDS = 10.0
"""How long is waited until something listens at an address; Ray's own client would try for minutes."""
BEGIN_SECONDS = 90.0
"""How long the cluster may take to start the process that serves this one there."""
HOSTS_SECONDS = 90.0
"""How long is waited for the first host."""
OTHERS_SECONDS = 5.0
"""How long is waited for the other ones after that."""
ANSWER_SECONDS = 60.0
SEND_SECONDS = 600.0
LOOK_SECONDS = 1.0
"""Between two looks at which nodes there are."""
SILENT_SECONDS = 30.0
"""A cluster that says nothing for so long is lost."""


class RayCluster:
    """A Ray cluster.

    Args:
        line: On which it is asked. Ray Client belongs to the thread that has begun it.
        context: What `ray.init` has made, in that thread.
        listener: Host and port of Ray Client's server.
        most: How many cores are taken; 0 for all that are free.

    Raises:
        ClusterUnavailable: when it has no free cores.
    """

    def __init__(self, line: OneLine, context: Any, listener: tuple[str, int], *, most: int = 0) -> None:
        self.name = line.name
        self._line = line
        self._context = context
        self._listener = listener
        self._heard = time.monotonic()
        self._looked = 0.0
        self._gone = False
        try:
            self._hosts = self._line.ask(ANSWER_SECONDS, lambda: self._enter(most))
            self._wait_for_hosts()
        except BaseException:
            self.close()
            raise
        self.memory = self._hosts.memory

    def places(self) -> int:
        """How many cores all hosts have together."""
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            try:
                self._line.ask(5.0, self._hosts.look)
                self._heard = time.monotonic()
            except ClusterUnavailable:
                # Ray Client tries for half a minute to get back to a server that is not there any more.
                self._gone = self._gone or not _listens(self._listener, 2.0)
            self._looked = time.monotonic()
        return self._hosts.places

    def lost(self) -> str:
        """Why it can't be reached any more; empty while it can."""
        self.places()
        if not self._gone and time.monotonic() - self._heard < SILENT_SECONDS:
            return ""
        return f"The connection to {self.name} was lost."

    def everywhere(self, function: Callable[..., Any], *args: Any) -> Mapping[str, Any]:
        """Call a function on each host."""
        return self._line.ask(ANSWER_SECONDS + 5.0, lambda: self._hosts.call_all(ANSWER_SECONDS, function, args))

    def tell(self, function: Callable[..., Any], *args: Any) -> None:
        """Call a function on each host soon, whatever comes of it."""
        if not self._gone:
            with contextlib.suppress(ClusterUnavailable):
                self._line.ask(2.0, lambda: self._hosts.call_all(1.0, function, args))

    def put(self, data: Any) -> Any:
        """Have data on the cluster. Each node that needs them gets them once."""
        import ray

        packed = pickle.dumps(data)
        return Parcel(self._line.ask(SEND_SECONDS, lambda: ray.put(packed)))

    def begin(self, function: Callable[..., Any], *args: Any, over: Callable[[Any], None]) -> Any:
        """Run a function on some host, as soon as one has a free core."""
        task = Task(*pack(function, args), over)
        self._line.soon(lambda: self._hosts.submit(task))
        return task

    def give_up(self, task: Any) -> None:
        """Do not begin it any more; a host that has begun it is told apart."""
        self._line.soon(lambda: self._hosts.give_up(task))

    def close(self) -> None:
        """Leave the cluster, which so ends the hosts."""
        self._line.end(1.0 if self._gone else 10.0, self._leave)

    def _enter(self, most: int) -> Hosts:
        import ray

        # What the line's thread asks of Ray is asked of this cluster from now on; no other thread is changed by it.
        self._context.__enter__()
        return Hosts(ray, self._line.soon, most)

    def _leave(self) -> None:
        with _quiet():
            self._context.__exit__(None, None, None)
            self._context.disconnect()

    def _wait_for_hosts(self) -> None:
        until = time.monotonic() + HOSTS_SECONDS
        found = 0.0
        while time.monotonic() < until:
            self._line.ask(ANSWER_SECONDS, self._hosts.look)
            found = found or (time.monotonic() if self._hosts.places else 0.0)
            if self._hosts.settled or (found and time.monotonic() - found > OTHERS_SECONDS):
                break
            time.sleep(0.1)
        if self._hosts.places:
            return
        if self._hosts.why:
            raise ClusterUnavailable(f"No process could be started on {self.name}: {self._hosts.why}.")
        raise ClusterUnavailable(
            f"{self._line.titled} has no free cores.",
            hint="Wait until others have ended there, or start a node: `ray start --address=host:6379`.",
        )


def connect(asked: str, *, most: int = 0) -> RayCluster:
    """The cluster that is meant by "ray://host:port".

    Args:
        asked: The address of Ray Client's server, which is on the head node.
        most: How many cores are taken there; 0 for all that are free.

    Raises:
        MissingExtra: when Ray is not installed, or what its client needs is not.
        SettingUnusable: when it is no address, or this process is itself part of a cluster.
        ClusterUnavailable: when nobody answers there, or it has no free cores.
    """
    host, port = listener = split_address(asked, PREFIX, whose="a Ray cluster", port=10001)
    try:
        import grpc  # noqa: F401 - which Ray's client needs, and Ray itself does not
        import ray
        import ray.util.client
    except ImportError as missing:
        raise MissingExtra("A search on a Ray cluster", "ray") from missing
    if ray.is_initialized() and not ray.util.client.ray.is_connected():
        raise SettingUnusable(
            "This process is part of a Ray cluster itself, and can't be a client of one at the same time.",
            hint="Call `ray.shutdown()` before, or connect with `ray.init('ray://host:port')` there, too.",
        )
    if not _listens(listener, CONNECT_SECONDS):
        raise ClusterUnavailable(
            f"No Ray cluster answers at {host}:{port}.",
            hint="Start one with `ray start --head`. The address is that of Ray Client's server, which has the port 10001.",
        )
    ray.cloudpickle.register_pickle_by_value(ray_host)
    line = OneLine(f"the Ray cluster at {host}:{port}")

    def begin() -> Any:
        with _quiet():
            return ray.init(
                f"{PREFIX}{host}:{port}",
                namespace=NAMESPACE,
                allow_multiple=True,
                log_to_driver=False,
                logging_level=logging.ERROR,  # there, too: what is logged there is shown here
            )

    try:
        context = line.ask(BEGIN_SECONDS, begin, late=lambda context: context.disconnect())
    except BaseException:
        line.end(0.0, lambda: None)
        raise
    return RayCluster(line, context, listener, most=most)


def _listens(listener: tuple[str, int], seconds: float) -> bool:
    try:
        socket.create_connection(listener, seconds).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without what Ray logs of a connection."""
    log = logging.getLogger("ray")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)
