"""A real Jupyter server in a process of its own."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.forking import Forked, ForkServer

REPOSITORY = Path(__file__).parents[3]
OTHER_EXTENSIONS = ("jupyter_lsp", "jupyter_server_fileid", "jupyter_server_ydoc", "jupyterlab", "notebook_shim")
"""Switched off where they are installed: they take seconds to start."""
_SERVERS = ForkServer(
    "import jupyter_server.serverapp, ipykernel.kernelspec, alembic.command, sqlalchemy.dialects.sqlite\n"
    "import lumina_jupyter.client, lumina_jupyter.server.extension, tests.forked_kernels\n"
    "tests.forked_kernels.install()"
)


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    process: subprocess.Popen[bytes] | Forked
    url: str
    """The base URL, with a slash at its end, as a client on this machine writes it."""
    token: str
    folder: Path
    transport: httpx.HTTPTransport | None

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.token}"},
            transport=self.transport or httpx.HTTPTransport(verify=False),
            timeout=60,
        )

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()


@contextmanager
def server(
    folder: Path,
    *options: str,
    lumina: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    extensions: Mapping[str, bool] | None = None,
    socket: Path | None = None,
    python: str = sys.executable,
    forked: bool = False,
    keyboard: int | None = None,
) -> Iterator[Running]:
    """A Jupyter server with the extension; `lumina` goes into `jupyter_lumina_config.json`.

    `python` is the interpreter that runs it: a bench compares with servers of other environments. One that is `forked`
    is there sooner: for whoever neither tests nor measures how a server starts. `keyboard` is the file descriptor of a
    terminal in which it is started: only there does a server hear Ctrl-C.
    """
    token = secrets.token_hex(16)
    (folder / "config").mkdir(parents=True, exist_ok=True)
    (folder / "root with spaces").mkdir(exist_ok=True)
    settings = {"data_dir": str(folder / "lumina"), "ollama_url": "", **(lumina or {})}
    (folder / "config" / "jupyter_lumina_config.json").write_text(json.dumps({"Lumina": settings}))
    variables = {
        **os.environ,
        "HOME": str(folder),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONPATH": str(REPOSITORY),
        **(environment or {}),
    }
    command = [python, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder / 'root with spaces'}"]
    switched = {**dict.fromkeys(OTHER_EXTENSIONS, False), "lumina_jupyter": True, **(extensions or {})}
    command += [f"--ServerApp.jpserver_extensions={switched}", *options]
    command.append("--ServerApp.port=0" if socket is None else f"--ServerApp.sock={socket}")
    process: subprocess.Popen[bytes] | Forked
    with (folder / "server.log").open("wb") as log, Path(os.devnull).open() as nothing:
        read = nothing.fileno() if keyboard is None else keyboard
        if forked:
            streams = (read, log.fileno(), log.fileno())
            process = _SERVERS.start(command[2], command[3:], environment=variables, folder=folder, streams=streams)
        else:
            process = subprocess.Popen(command, env=variables, cwd=folder, stdin=read, stdout=log, stderr=log)
    try:
        info = _wait(process, folder)
        transport = None if socket is None else httpx.HTTPTransport(uds=str(socket))
        yield Running(process, _url(info), token, folder, transport)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes] | Forked, folder: Path) -> dict[str, Any]:
    """What the server says of itself once it listens; it writes that file when it is about to."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert process.poll() is None, (folder / "server.log").read_text()
        for path in (folder / "runtime").glob("jpserver-*.json"):
            try:
                info: dict[str, Any] = json.loads(path.read_text())
            except ValueError:
                continue
            if _answers(info):
                return info
        time.sleep(0.02)
    raise AssertionError((folder / "server.log").read_text())


def _answers(info: dict[str, Any]) -> bool:
    transport = httpx.HTTPTransport(uds=info["sock"]) if info["sock"] else httpx.HTTPTransport(verify=False)
    try:
        with httpx.Client(transport=transport) as http:
            return http.get(f"{_url(info)}api").status_code == 200
    except httpx.TransportError:
        return False


def _url(info: dict[str, Any]) -> str:
    if info["sock"]:
        return f"http://localhost{info['base_url']}"
    scheme = "https" if info["secure"] else "http"
    return f"{scheme}://127.0.0.1:{info['port']}{info['base_url']}"
