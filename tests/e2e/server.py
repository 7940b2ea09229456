"""A real JupyterLab in a process and a home of its own."""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import shutil
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

from tests.forking import Forked, ForkServer

START_TIMEOUT = 180.0
STOP_TIMEOUT = 60.0
"""Seconds after which a lab that was told to end counts as one that never does."""
FIRST_CHOICES: dict[tuple[str, str], dict[str, object]] = {
    # As JupyterLab's first start asks.
    ("apputils-extension", "notification"): {"fetchNews": "false"},
    # Not a second, which a kernel may need.
    ("completer-extension", "manager"): {"providerTimeout": 60_000},
}
"""What is chosen in plugins' settings when a lab begins."""
_LABS = ForkServer(
    # Not jupyterlab.labapp, jupyter_server_ydoc and jupyter_server_fileid: they keep where the user's files are.
    "import jupyter_server.serverapp, jupyterlab_server, jupyter_lsp, notebook_shim.shim, ipykernel.kernelspec\n"
    "import pycrdt, jupyter_ydoc, alembic.command, sqlalchemy.dialects.sqlite\n"
    "import lumina_jupyter.client, lumina_jupyter.server.extension, tests.forked_kernels\n"
    "tests.forked_kernels.install()"
)


@dataclass(frozen=True)
class LabServer:
    """A running JupyterLab."""

    port: int
    token: str
    root: Path
    """The folder that it serves."""
    home: Path
    log: Path
    process: subprocess.Popen[bytes] | Forked
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

    def end_kernels(self) -> None:
        """Shut all notebooks' kernels down."""
        for session in self.get("api/sessions"):
            url, headers = f"{self.url}api/sessions/{session['id']}", {"Authorization": f"token {self.token}"}
            # It may have ended meanwhile.
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(
                    urllib.request.Request(url, headers=headers, method="DELETE"), timeout=30
                ).close()

    def forget_choices(self) -> None:
        """Take back what was chosen in plugins' settings, a theme for one; pages know it when they are loaded again."""
        shutil.rmtree(_user_settings(self.home), ignore_errors=True)
        for (extension, plugin), settings in FIRST_CHOICES.items():
            choose(self.home, extension, plugin, **settings)


@contextmanager
def running_lab(
    folder: Path,
    *,
    collaboration: bool,
    settings: dict[str, str] | None = None,
    variables: dict[str, str] | None = None,
    forked: bool = False,
) -> Iterator[LabServer]:
    """Start a JupyterLab with an empty home, and end it with everything that it started.

    Args:
        folder: An empty folder for its home and its notebooks.
        collaboration: Whether notebooks are shared live.
        settings: Options as on the command line, `{"Lumina.models_dir": "…"}`.
        variables: Environment variables beside the usual ones.
        forked: Whether it is forked from a process in which most of it is imported: it is there sooner, for whoever
            neither tests nor measures how it starts.
    """
    home, root, log = folder / "home", folder / "notebooks", folder / "jupyter.log"
    root.mkdir(parents=True)
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
        # It would look for language servers with npm.
        "LanguageServerManager.autodetect": "False",
        "YDocExtension.disable_rtc": str(not collaboration),
        **(settings or {}),
    }
    command = [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]
    environment = _environment(home, variables or {})
    process = _launch(command, environment, root, log, forked=forked)
    server = LabServer(port, token, root, home, log, process, tuple(command), environment)
    try:
        server.forget_choices()
        _wait_until_ready(server)
        yield server
    finally:
        _stop(process)


@contextmanager
def started_again(server: LabServer) -> Iterator[LabServer]:
    """Start a JupyterLab that was killed, as it was: the same port, home and notebooks."""
    forked = isinstance(server.process, Forked)
    process = _launch(server.command, server.environment, server.root, server.log, forked=forked)
    again = replace(server, process=process)
    try:
        _wait_until_ready(again)
        yield again
    finally:
        _stop(process)


def _launch(
    command: Sequence[str], environment: dict[str, str], root: Path, log: Path, *, forked: bool
) -> subprocess.Popen[bytes] | Forked:
    with log.open("ab") as output, Path(os.devnull).open() as nothing:
        if forked:
            streams = (nothing.fileno(), output.fileno(), output.fileno())
            return _LABS.start(command[2], command[3:], environment=environment, folder=root, streams=streams)
        return subprocess.Popen(command, env=environment, cwd=root, stdin=nothing, stdout=output, stderr=output)


def choose(home: Path, extension: str, plugin: str, **settings: object) -> None:
    """Set what a person may set in one of JupyterLab's own plugins."""
    folder = _user_settings(home) / "@jupyterlab" / extension
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{plugin}.jupyterlab-settings").write_text(json.dumps(settings), encoding="utf-8")


def _user_settings(home: Path) -> Path:
    return home / ".jupyter" / "lab" / "user-settings"


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


def _stop(process: subprocess.Popen[bytes] | Forked) -> None:
    """End the server as a signal would, and then whatever it left behind.

    Raises:
        RuntimeError: when it does not end by itself.
    """
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
        raise RuntimeError(f"JupyterLab did not end within {STOP_TIMEOUT:g} seconds, and was killed.") from None
    finally:
        _, alive = psutil.wait_procs(started, timeout=3.0)
        for left in alive:
            left.kill()
