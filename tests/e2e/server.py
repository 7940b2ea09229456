"""A real JupyterLab in a process and a home of its own."""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

START_TIMEOUT = 180.0
STOP_TIMEOUT = 15.0


@dataclass(frozen=True)
class LabServer:
    """A running JupyterLab."""

    port: int
    token: str
    root: Path
    """The folder that it serves."""
    home: Path
    log: Path
    process: subprocess.Popen[bytes]
    command: tuple[str, ...]
    environment: dict[str, str]

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/"

    def text(self, path: str, *, timeout: float = 10.0) -> str:
        """What a route answers to the token's owner."""
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"token {self.token}"})
        with urllib.request.urlopen(request, timeout=timeout) as response:
            body: bytes = response.read()
            return body.decode()

    def get(self, path: str, *, timeout: float = 10.0) -> Any:
        """The JSON that a route answers to the token's owner."""
        return json.loads(self.text(path, timeout=timeout))


@contextmanager
def running_lab(
    folder: Path,
    *,
    collaboration: bool,
    settings: dict[str, str] | None = None,
    variables: dict[str, str] | None = None,
) -> Iterator[LabServer]:
    """Start a JupyterLab with an empty home, and end it with everything that it started.

    Args:
        folder: An empty folder for its home and its notebooks.
        collaboration: Whether notebooks are shared live.
        settings: Options as on the command line, `{"Lumina.models_dir": "…"}`.
        variables: Environment variables beside the usual ones.
    """
    home, root, log = folder / "home", folder / "notebooks", folder / "jupyter.log"
    root.mkdir(parents=True)
    choose(home, "apputils-extension", "notification", fetchNews="false")  # as its first start asks
    choose(home, "completer-extension", "manager", providerTimeout=60_000)  # not a second, which a kernel may need
    port, token = _free_port(), secrets.token_hex(16)
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": str(port),
        "ServerApp.port_retries": "0",
        "ServerApp.root_dir": str(root),
        "ServerApp.allow_root": "True",
        "ServerApp.open_browser": "False",
        "IdentityProvider.token": token,
        "LabApp.expose_app_in_browser": "True",
        "LabApp.news_url": "",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "YDocExtension.disable_rtc": str(not collaboration),
        **(settings or {}),
    }
    command = [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]
    environment = _environment(home, variables or {})
    process = _launch(command, environment, root, log)
    server = LabServer(port, token, root, home, log, process, tuple(command), environment)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        _stop(process)


@contextmanager
def started_again(server: LabServer) -> Iterator[LabServer]:
    """Start a JupyterLab that was killed: the same port, home and notebooks."""
    process = _launch(server.command, server.environment, server.root, server.log)
    again = replace(server, process=process)
    try:
        _wait_until_ready(again)
        yield again
    finally:
        _stop(process)


def _launch(command: Sequence[str], environment: dict[str, str], root: Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            command, env=environment, cwd=root, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )


def choose(home: Path, extension: str, plugin: str, **settings: object) -> None:
    """Set what a person may set in one of JupyterLab's own plugins."""
    folder = home / ".jupyter" / "lab" / "user-settings" / "@jupyterlab" / extension
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{plugin}.jupyterlab-settings").write_text(json.dumps(settings), encoding="utf-8")


def _environment(home: Path, variables: dict[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "IPYTHON", "LUMINA", "XDG_")) and not name.endswith(("_API_KEY", "_TOKEN"))
    }
    scripts = str(Path(sys.executable).parent)
    path = os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)])
    return {**kept, "HOME": str(home), "PATH": path, **variables}


def _free_port() -> int:
    """A port that is free, and not among those that the system hands out while the server starts."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _wait_until_ready(server: LabServer) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        if server.process.poll() is not None:
            raise RuntimeError(f"JupyterLab ended at once:\n{server.log.read_text(errors='replace')}")
        try:
            server.get("api/status", timeout=2.0)
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise RuntimeError(f"JupyterLab did not start:\n{server.log.read_text(errors='replace')}") from None
            time.sleep(0.1)
        else:
            return


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server as a signal would, and then whatever it left behind."""
    try:
        started = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        started = []
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _, alive = psutil.wait_procs(started, timeout=3.0)
    for left in alive:
        left.kill()
