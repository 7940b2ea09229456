"""Real clusters on this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import psutil

from lumina_jupyter.automl.execution import dask, ray
from lumina_jupyter.automl.execution.cluster import Cluster


class LocalCluster(Protocol):
    """A cluster with two cores."""

    address: str
    executor: Any
    """What a search is given for it."""

    def connect(self) -> Cluster:
        """The cluster, as an executor has it."""

    def workers(self) -> list[psutil.Process]:
        """The processes on it that begin those of fits."""

    def busiest(self) -> psutil.Process:
        """One of them that has something to do, where there is one."""

    def lose_data(self) -> None:
        """Delete what was sent to it."""

    def is_clean(self) -> bool:
        """Whether a search that is over has left nothing."""

    def is_ours(self) -> bool:
        """Whether what this process had of the cluster before a search is there as before."""

    def stop(self) -> None:
        """End all of it."""


def wait_for(condition: Callable[[], Any], seconds: float = 240.0) -> None:
    """Return when it is true."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "It did not come."
        time.sleep(0.02)


class DaskCluster:
    """Two workers of one thread."""

    def __init__(self) -> None:
        import distributed

        make_cluster: Any = distributed.LocalCluster
        make_client: Any = distributed.Client
        self._cluster = make_cluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        )
        self.address = self._cluster.scheduler_address.replace("tcp://", "dask://")
        self.executor = self._client = make_client(self._cluster, set_as_default=False)

    def connect(self) -> Cluster:
        return dask.connect(self._client)

    def workers(self) -> list[psutil.Process]:
        return [psutil.Process(pid) for pid in self._client.run(os.getpid).values()]

    def busiest(self) -> psutil.Process:
        pids = self._client.run(os.getpid)
        busy = [address for address, keys in self._client.processing().items() if keys]
        return psutil.Process(pids[(busy or list(pids))[0]])

    def lose_data(self) -> None:
        import distributed

        make_future: Any = distributed.Future
        sent = {key for keys in self._client.has_what().values() for key in keys}
        self._client.cancel([make_future(key, client=self._client) for key in sent], force=True)

    def is_clean(self) -> bool:
        return not any(nursery.children() for worker in self.workers() for nursery in worker.children())

    def is_ours(self) -> bool:
        return bool(self._client.status == "running")

    def stop(self) -> None:
        self._client.close()
        self._cluster.close()


class RayCluster:
    """One node of two cores."""

    def __init__(self) -> None:
        import ray as library

        self._ray: Any = library
        # Ray makes sockets below it, whose paths may not be long.
        self._folder = Path(tempfile.mkdtemp(prefix="ray-"))
        (self._folder / "tmp").mkdir()
        port = _free_port()
        self.address = self.executor = f"ray://127.0.0.1:{port}"
        with (self._folder / "log").open("wb") as log:
            self._process = psutil.Popen(
                [
                    *[
                        sys.executable,
                        "-m",
                        "ray.scripts.scripts",
                        "start",
                        "--head",
                        "--block",
                        "--num-cpus=2",
                        "--num-gpus=0",
                    ],
                    *["--node-ip-address=127.0.0.1", "--port=0", f"--ray-client-server-port={port}"],
                    *[f"--runtime-env-agent-port={_free_port()}"],
                    *["--include-dashboard=false", "--disable-usage-stats", "--object-store-memory=100000000"],
                    f"--temp-dir={self._folder / 'r'}",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={
                    **os.environ,
                    "TMPDIR": str(self._folder / "tmp"),
                    "RAY_memory_monitor_refresh_ms": "0",
                    "RAY_enable_metrics_collection": "0",
                    "RAY_raylet_start_wait_time_s": "240",
                    "RAY_CLIENT_SERVER_CHECK_CHANNEL_TIMEOUT_S": "240",
                },
            )
        wait_for(lambda: (self._has_begun() and _listens(port)) or self._process.poll() is not None)
        assert self._process.poll() is None, (self._folder / "log").read_text()
        self._users: Any = None

    def _has_begun(self) -> bool:
        # A node gives its agent 15 seconds to tell its ports, and ends when it is late, as it is on a machine that is busy.
        # Without a dashboard it has none, so that this can be told in its place.
        for told in (self._folder / "r").glob("session_2*/gcs_server_port_*"):
            node = told.name.rpartition("_")[2]
            for name in ("metrics_agent_port", "metrics_export_port", "dashboard_agent_listen_port"):
                path = told.with_name(f"{name}_{node}")
                if not path.exists():
                    path.write_text("-1")
        return "Ray runtime started" in (self._folder / "log").read_text()

    def connect(self) -> Cluster:
        # As somebody has it who works with Ray already.
        self._users = self._ray.init(self.address, namespace="users", log_to_driver=False)
        return ray.connect(self.address)

    def workers(self) -> list[psutil.Process]:
        return [each for each in self._process.children(recursive=True) if _title(each).startswith("ray::Host")]

    def busiest(self) -> psutil.Process:
        (only,) = self.workers()
        return only

    def lose_data(self) -> None:
        """They lie in the memory of the head node, without which there is no cluster."""

    def is_clean(self) -> bool:
        return not self.workers() and not any((self._folder / "tmp").glob("lumina-*"))

    def is_ours(self) -> bool:
        if self._users is None:
            return not self._ray.is_initialized()
        answered = self._ray.get(self._ray.put("mine")) == "mine"
        self._users.disconnect()
        self._users = None
        return bool(answered)

    def stop(self) -> None:
        if not self._process.is_running():
            return
        processes = [self._process, *self._process.children(recursive=True)]
        for process in processes:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(processes, timeout=60)
        shutil.rmtree(self._folder, ignore_errors=True)


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1.0).close()
    except OSError:
        return False
    return True
