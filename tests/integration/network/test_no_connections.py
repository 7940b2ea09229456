"""Nothing goes out to the network before the user acts: a real server and a real kernel under a socket guard."""

from __future__ import annotations

import ast
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

GUARD = Path(__file__).parent / "socket_guard"

CELLS = """
import IPython
shell = IPython.get_ipython()
shell.run_line_magic("load_ext", "lumina_jupyter")
shell.run_line_magic("lumina", "")  # asks the server, over loopback
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def jupyter_server(folder: Path, log: Path) -> Iterator[tuple[str, str]]:
    """A JupyterLab server with everything switched on and keys of every kind in its environment; URL and token."""
    port, token = free_port(), secrets.token_hex(16)
    environment = {
        **os.environ,
        "HOME": str(folder),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONPATH": os.pathsep.join([str(GUARD), str(Path(__file__).parents[3])]),
        "LUMINA_TEST_SOCKET_LOG": str(log),
        "OPENAI_API_KEY": "sk-not-a-key",
        "ANTHROPIC_API_KEY": "sk-ant-not-a-key",
        "AWS_ACCESS_KEY_ID": "AKIANOTAKEY",
        "GEMINI_API_KEY": "not-a-key",
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}"]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}", "--ServerApp.ip=127.0.0.1"]
    with (folder / "server.log").open("w") as output:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=output)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url, token, process, folder)
        yield url, token
    finally:
        process.terminate()
        process.wait(30)


def wait_for(url: str, token: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            call(url, token, "api/status")
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail((folder / "server.log").read_text())


def call(url: str, token: str, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(
        f"{url}/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def run_in_kernel(folder: Path, kernel_id: str, code: str, expression: str) -> str:
    """Run the code in a kernel of the server; the `repr` of the expression afterwards."""
    from jupyter_client.blocking.client import BlockingKernelClient

    client = BlockingKernelClient(connection_file=str(folder / "runtime" / f"kernel-{kernel_id}.json"))
    client.load_connection_file()
    client.start_channels()
    try:
        reply = client.execute(code, user_expressions={"value": expression}, reply=True, timeout=90)
    finally:
        client.stop_channels()
    assert reply["content"]["status"] == "ok", reply["content"]
    shown: str = reply["content"]["user_expressions"]["value"]["data"]["text/plain"]
    return shown


def outside(log: Path) -> list[str]:
    """The logged lines that name an address outside of this machine."""
    found = []
    for line in log.read_text().splitlines():
        shown = line.split("\t")[1]
        try:
            address = ast.literal_eval(shown)
        except (ValueError, SyntaxError):
            address = shown
        host = address[0] if isinstance(address, tuple) else address
        if isinstance(host, bytes):
            host = host.decode("utf-8", "replace")
        local = host is None or str(host).startswith(("127.", "/", "\0")) or host in {"::1", "localhost", "", "0.0.0.0"}
        if not local and host != socket.gethostname():
            found.append(line)
    return found


@pytest.mark.slow
def test_not_one_connection_leaves_the_machine_before_the_first_prompt(tmp_path: Path) -> None:
    log = tmp_path / "sockets.log"
    log.touch()
    with jupyter_server(tmp_path, log) as (url, token):
        assert call(url, token, "lumina/api/health")["version"]
        kernel = call(url, token, "api/kernels", {"name": "python3"})
        assert run_in_kernel(tmp_path, kernel["id"], CELLS, "'lumina' in shell.magics_manager.magics['cell']") == "True"
    lines = log.read_text().splitlines()
    assert any("socket.connect" in line for line in lines), "the guard saw nothing, not even loopback"
    assert outside(log) == []
