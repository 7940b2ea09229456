"""Nothing goes out to the network before the user acts: a real server and a real kernel under a socket guard."""

from __future__ import annotations

import ast
import json
import os
import socket
import urllib.request
from pathlib import Path

import pytest

from tests.e2e.server import LabServer, running_lab

GUARD = Path(__file__).parent / "socket_guard"

CELLS = """
import IPython
shell = IPython.get_ipython()
shell.run_line_magic("load_ext", "lumina_jupyter")
shell.run_line_magic("lumina", "")  # asks the server, over loopback
"""


KEYS = {
    "OPENAI_API_KEY": "sk-not-a-key",
    "ANTHROPIC_API_KEY": "sk-ant-not-a-key",
    "AWS_ACCESS_KEY_ID": "AKIANOTAKEY",
    "GEMINI_API_KEY": "not-a-key",
}


def start_kernel(server: LabServer) -> str:
    """Start a kernel as JupyterLab does; its id."""
    request = urllib.request.Request(
        f"{server.url}api/kernels",
        data=b'{"name": "python3"}',
        headers={"Authorization": f"token {server.token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(json.loads(answer.read())["id"])


def run_in_kernel(home: Path, kernel_id: str, code: str, expression: str) -> str:
    """Run the code in a kernel of the server; the `repr` of the expression afterwards."""
    from jupyter_client.blocking.client import BlockingKernelClient

    client = BlockingKernelClient(
        connection_file=str(home / ".local/share/jupyter/runtime" / f"kernel-{kernel_id}.json")
    )
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
    path = os.pathsep.join([str(GUARD), str(Path(__file__).parents[3])])
    variables = {**KEYS, "PYTHONPATH": path, "LUMINA_TEST_SOCKET_LOG": str(log)}
    with running_lab(tmp_path / "lab", collaboration=True, variables=variables) as server:
        assert server.get("lumina/api/health")["version"]
        kernel = start_kernel(server)
        assert run_in_kernel(server.home, kernel, CELLS, "'lumina' in shell.magics_manager.magics['cell']") == "True"
    lines = log.read_text().splitlines()
    assert any("socket.connect" in line for line in lines), "the guard saw nothing, not even loopback"
    assert outside(log) == []
