"""The hosts of a search on a Ray cluster: on each node an actor that has as many of its cores as are free.

They belong to this process's job on the cluster: Ray ends them together with that, however this process ends.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Literal

from . import ray_host
from .line import sentence
from .ray_packing import pack, unpack

LEASE_SECONDS = 2
"""How long Ray is given to find so many free cores."""
LEASE_AGAIN_SECONDS = 30.0
"""After which it is asked again for cores of a node that had none that were free."""
DEATHS = 3
"""A host that dies so often before it is ready is not started again."""
CONTROL = 4
"""How many calls a host can answer beside its fits."""
MEMORY_SHARE = 0.8
"""How much of a node's memory its fits may hold: the host has the table, too."""


@dataclasses.dataclass(slots=True, eq=False)
class Task:
    """A function that a host is to call.

    Args:
        packed: The function and its arguments.
        parcels: References to the parcels among these.
        over: Is called with what it returned or raised.
    """

    packed: bytes
    parcels: list[Any]
    over: Callable[[Any], None]


@dataclasses.dataclass(slots=True, eq=False)
class _Host:
    """A node, and how far the host on it is."""

    node: str
    address: str
    state: Literal["leasing", "leased", "starting", "ready", "refused", "dead"] = "leasing"
    since: float = 0.0
    cores: int = 0
    group: Any = None
    actor: Any = None
    deaths: int = 0
    why: str = ""
    """Why it died."""
    tasks: set[Task] = dataclasses.field(default_factory=set)


class Hosts:
    """Starts hosts, and gives them what there is to do. Used by one thread, that of the connection.

    Args:
        ray: The library, connected.
        soon: Calls a function in that thread.
        most: How many cores are taken; 0 for all that are free.
    """

    def __init__(self, ray: Any, soon: Callable[[Callable[[], object]], None], most: int) -> None:
        self.places = 0
        """How many cores all that are ready have together."""
        self.memory = 0
        """How many bytes there are for each of them; 0 where that is not known."""
        self._ray = ray
        self._soon = soon
        self._most = most
        self._hosts: dict[str, _Host] = {}
        self._waiting: deque[Task] = deque()
        self._lease = ray.remote(num_cpus=0)(ray_host.lease)
        self._actor = ray.remote(ray_host.Host)

    @property
    def settled(self) -> bool:
        """Whether it is known of each node what becomes of it."""
        return all(host.state in {"ready", "refused", "dead"} for host in self._hosts.values())

    @property
    def why(self) -> str:
        """Why one died; empty when none did."""
        return next((host.why for host in self._hosts.values() if host.why), "")

    def look(self) -> None:
        """See which nodes there are, and go on with what is to be done for each."""
        nodes = {node["NodeID"]: node for node in self._ray.nodes() if node["Alive"] and _cores(node)}
        limits = [node["Resources"].get("memory", 0.0) / _cores(node) for node in nodes.values()]
        self.memory = int(min((limit for limit in limits if limit), default=0.0) * MEMORY_SHARE)
        for gone in self._hosts.keys() - nodes.keys():
            del self._hosts[gone]
        for node in nodes.values():
            self._attend(node)
        self._dispatch()

    def submit(self, task: Task) -> None:
        """Have a task done as soon as a host has a free core."""
        self._waiting.append(task)
        self._dispatch()

    def give_up(self, task: Task) -> None:
        """Begin it no more; nothing happens when it has begun."""
        with contextlib.suppress(ValueError):
            self._waiting.remove(task)

    def call_all(self, seconds: float, function: Callable[..., Any], args: tuple[Any, ...]) -> dict[str, Any]:
        """Call a function on each host that is ready. Returns what it returned or raised, by the host's address."""
        packed, parcels = pack(function, args)
        until = time.monotonic() + seconds
        calls = [(host, host.actor.call.remote(packed, parcels, False)) for host in self._ready()]
        found = {}
        for host, ref in calls:
            try:
                answer = self._ray.get(ref, timeout=max(0.01, until - time.monotonic()))
            except Exception as error:  # noqa: BLE001 - one of many answers
                answer = error
            found[f"{host.address} {host.node}"] = unpack(answer)
        return found

    def _ready(self) -> list[_Host]:
        return [host for host in self._hosts.values() if host.state == "ready"]

    def _attend(self, node: Mapping[str, Any]) -> None:
        host = self._hosts.get(node["NodeID"])
        if host is None or (host.state == "refused" and time.monotonic() - host.since > LEASE_AGAIN_SECONDS):
            taken = sum(each.cores for each in self._hosts.values())
            wanted = min(_cores(node), self._most - taken) if self._most else _cores(node)
            if wanted > 0:
                self._take(node, wanted)
        elif host.state == "leased":
            self._start(host)

    def _take(self, node: Mapping[str, Any], cores: int) -> None:
        """Have cores of a node reserved."""
        address = node["NodeManagerAddress"]
        host = self._hosts[node["NodeID"]] = _Host(node["NodeID"], address, since=time.monotonic(), cores=cores)

        def over(found: Any) -> None:
            host.group, host.cores = (None, 0) if isinstance(found, Exception) else found
            host.state = "leased" if host.group is not None else "refused"
            if host.state == "leased" and self._hosts.get(host.node) is host:
                self._start(host)

        self._hear(self._lease.remote(f"node:{address}", cores, LEASE_SECONDS), over)

    def _start(self, host: _Host) -> None:
        """Start the actor on cores that were reserved."""
        from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

        actor = self._actor.options(
            num_cpus=host.cores,
            max_concurrency=host.cores + CONTROL,
            max_restarts=0,
            scheduling_strategy=PlacementGroupSchedulingStrategy(host.group, placement_group_bundle_index=0),
        ).remote()
        host.actor, host.state = actor, "starting"
        host.tasks.clear()

        def over(found: Any) -> None:
            if host.actor is not actor:
                return
            if isinstance(found, Exception):
                self._died(host, found)
            else:
                host.state, host.deaths = "ready", 0
                self._dispatch()

        self._hear(actor.call.remote(*pack(time.monotonic, ()), False), over)

    def _died(self, host: _Host, error: Exception) -> None:
        host.why = sentence(error)
        with contextlib.suppress(Exception):
            # One that is only out of reach would keep the cores.
            self._ray.kill(host.actor)
        host.deaths += host.state == "starting"
        host.state = "leased" if host.deaths < DEATHS else "dead"
        self._count()

    def _dispatch(self) -> None:
        """Give what waits to hosts that have a free core."""
        self._count()
        while self._waiting:
            host = max(self._ready(), key=lambda each: each.cores - len(each.tasks), default=None)
            if host is None or len(host.tasks) >= host.cores:
                return
            self._run(host, self._waiting[0])
            self._waiting.popleft()

    def _run(self, host: _Host, task: Task) -> None:
        actor = host.actor

        def over(found: Any) -> None:
            host.tasks.discard(task)
            if isinstance(found, self._ray.exceptions.RayActorError) and host.actor is actor and host.state == "ready":
                self._died(host, found)
            task.over(unpack(found))
            self._dispatch()

        self._hear(actor.call.remote(task.packed, task.parcels, True), over)
        host.tasks.add(task)

    def _hear(self, ref: Any, over: Callable[[Any], None]) -> None:
        """Have a function called, in this thread, with what comes of a call: what it returns or raises."""

        def arrived(future: Any) -> None:
            error = future.exception()
            found = future.result() if error is None else error
            self._soon(lambda: over(found))

        ref.future().add_done_callback(arrived)

    def _count(self) -> None:
        self.places = sum(host.cores for host in self._ready())


def _cores(node: Mapping[str, Any]) -> int:
    return int(node["Resources"].get("CPU", 0))
