"""Servers in processes of their own: every way to listen, and how they end."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import datetime
import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import openai
import psutil
import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from openai import OpenAI

from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer, Reply

from .process import Running, server


@pytest.fixture
def provider() -> Iterator[Callable[..., str]]:
    """Starts servers that play a provider, in a thread; gives their URLs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    running: list[ReplayServer] = []

    def start(*replies: Reply) -> str:
        made = ReplayServer(*replies)
        asyncio.run_coroutine_threadsafe(made.__aenter__(), loop).result(10)
        running.append(made)
        return made.url

    yield start
    for made in running:
        asyncio.run_coroutine_threadsafe(made.__aexit__(None, None, None), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def endpoint(url: str) -> dict[str, Any]:
    return {"endpoints": {"lab": {"base_url": f"{url}/v1"}}, "default_model": "lab/m"}


IN_KERNEL = """
import os, lumina_jupyter
from lumina_jupyter.events import TextDelta
from lumina_jupyter.gateway import TextPart
from lumina_jupyter.memory import Question
events = list(lumina_jupyter.connect().ask(Question(prompt=(TextPart("Hello"),))))
text = "".join(event.text for event in events if isinstance(event, TextDelta))
print(repr((os.environ["LUMINA_URL"], text or events)))
"""


@asynccontextmanager
async def kernel(running: Running) -> AsyncIterator[AsyncKernelClient]:
    with running.client() as http:
        kernel_id = http.post("api/kernels", json={"name": "python3"}).json()["id"]
    client = AsyncKernelClient()
    client.load_connection_file(str(running.folder / "runtime" / f"kernel-{kernel_id}.json"))
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        yield client
    finally:
        client.stop_channels()


async def ask_in_kernel(running: Running) -> tuple[str, Any]:
    printed: list[str] = []
    async with kernel(running) as client:
        run: Any = client.execute_interactive
        await run(IN_KERNEL, timeout=60, output_hook=lambda message: printed.append(message["content"].get("text", "")))
    url, text = ast.literal_eval("".join(printed))
    return url, text


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A private certificate for another name than the one that kernels use."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "jupyter.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    no_password = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
    (tmp_path / "key.pem").write_bytes(private)
    path = tmp_path / "certificate.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path


async def test_a_kernel_reaches_a_server_with_https(
    tmp_path: Path, certificate: Path, provider: Callable[..., str]
) -> None:
    tls = f"--ServerApp.certfile={certificate}", f"--ServerApp.keyfile={certificate.parent / 'key.pem'}"
    with server(tmp_path, *tls, lumina=endpoint(provider(chat_reply("forty-two")))) as running:
        url, text = await ask_in_kernel(running)
    assert url.startswith("https://")
    assert text == "forty-two"


async def test_a_kernel_reaches_a_server_on_every_address_below_a_base_url(
    tmp_path: Path, provider: Callable[..., str]
) -> None:
    options = "--ServerApp.ip=0.0.0.0", "--ServerApp.base_url=/user/ada%20b/"
    with server(tmp_path, *options, lumina=endpoint(provider(chat_reply("forty-two")))) as running:
        url, text = await ask_in_kernel(running)
    assert url.startswith("http://127.0.0.1:")
    assert url.endswith("/user/ada%20b/")
    assert text == "forty-two"


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs Unix sockets")
async def test_a_kernel_reaches_a_server_on_a_unix_socket(tmp_path: Path, provider: Callable[..., str]) -> None:
    # The path of a Unix socket may not be long.
    with tempfile.TemporaryDirectory() as short:
        path = Path(short) / "j.sock"
        settings = endpoint(provider(chat_reply("forty-two")))
        with server(tmp_path, lumina=settings, socket=path) as running:
            url, text = await ask_in_kernel(running)
    assert url.startswith("http+unix://")
    assert text == "forty-two"


def test_openais_client_and_the_config_file(tmp_path: Path, provider: Callable[..., str]) -> None:
    with server(tmp_path, lumina=endpoint(provider(chat_reply("for", "ty-two")))) as running:
        api = OpenAI(base_url=f"{running.url}lumina/v1", api_key=running.token, max_retries=0)
        stream = api.chat.completions.create(model="", messages=[{"role": "user", "content": "Hi"}], stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "forty-two"
        with pytest.raises(openai.PermissionDeniedError):
            OpenAI(base_url=f"{running.url}lumina/v1", api_key="wrong", max_retries=0).models.list()
        assert running.token not in running.log.replace(f"?token={running.token}", "")


def test_a_server_ends_soon_in_the_middle_of_an_answer(tmp_path: Path, provider: Callable[..., str]) -> None:
    reply = chat_reply("one", "two")
    url = provider(Reply(content_type="text/event-stream", body=reply.body, stall_after=reply.body.index(b'"two"')))
    with server(tmp_path, lumina=endpoint(url)) as running, running.client() as http:
        body = {"prompt": [{"text": "Hello"}]}
        with http.stream("POST", "lumina/api/chat", json=body) as response:
            lines = response.iter_lines()
            assert any("text_delta" in line for line in lines)
            running.process.send_signal(signal.SIGTERM)
            rest = list(lines)
        assert running.process.wait(30) == 0
        assert any('"reason":"cancelled"' in line for line in rest), (rest, running.log)
        assert "Traceback" not in running.log
    # Nothing of the answer that was shown is lost.
    with server(tmp_path, lumina=endpoint(url)) as running, running.client() as http:
        conversation = http.get("lumina/api/conversations").json()["conversations"][0]["id"]
        log = http.get(f"lumina/api/conversations/{conversation}/events").json()["events"]
    assert [entry["kind"] for entry in log][-1] == "message_finished"
    assert "".join(entry["data"].get("text", "") for entry in log if entry["kind"] == "text_delta") == "one"


def test_a_killed_server_opens_its_database_again(tmp_path: Path, provider: Callable[..., str]) -> None:
    settings = endpoint(provider(chat_reply(*["word "] * 40, delay=0.05)))
    with server(tmp_path, lumina=settings) as running, running.client() as http:
        begun = threading.Event()
        body = {"prompt": [{"text": "Hello"}]}

        def ask() -> None:
            with (
                contextlib.suppress(httpx.TransportError),
                http.stream("POST", "lumina/api/chat", json=body) as response,
            ):
                for line in response.iter_lines():
                    if "text_delta" in line:
                        begun.set()

        asking = threading.Thread(target=ask)
        asking.start()
        assert begun.wait(30)
        time.sleep(1)  # long enough for something to be acknowledged; the kill may come at any moment
        running.process.kill()
        running.process.wait()
        asking.join()
    with server(tmp_path, lumina=settings) as running, running.client() as http:
        conversation = http.get("lumina/api/conversations").json()["conversations"][0]["id"]
        log = http.get(f"lumina/api/conversations/{conversation}/events").json()["events"]
        assert log[0]["data"]["text"] == "Hello"
        assert [entry["sequence"] for entry in log] == list(range(1, len(log) + 1))


def test_loading_the_extension_imports_nothing_heavy() -> None:
    code = """
import sys, json
import jupyter_server.serverapp, jupyter_server.extension.application
before = set(sys.modules)
import lumina_jupyter.server.extension
print(json.dumps(sorted(set(sys.modules) - before)))
"""
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout)
    heavy = {"litellm", "httpx", "pydantic", "sqlalchemy", "alembic", "keyring", "cryptography", "xllamacpp", "openai"}
    heavy |= {"pandas", "numpy", "psutil", "rich", "click", "lumina_jupyter.engine", "lumina_jupyter.gateway"}
    assert not {name.split(".")[0] for name in loaded} & heavy
    assert not set(loaded) & heavy


def _children(pid: int) -> set[int]:
    return {child.pid for child in psutil.Process(pid).children(recursive=True)}


@pytest.mark.embedded
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_embedded_model_outlives_its_server(tmp_path: Path, models_dir: Path, how: signal.Signals) -> None:
    settings = {"models_dir": str(models_dir), "embedded_model": "smollm2-135m", "embedded_context": 1024}
    with server(tmp_path, lumina=settings) as running, running.client() as http:
        body = {"prompt": [{"text": "Count to a hundred."}], "model": "embedded/smollm2-135m", "max_tokens": 400}
        with http.stream("POST", "lumina/api/chat", json=body) as response:
            assert any("text_delta" in line for line in response.iter_lines())
            children = _children(running.process.pid)
            assert children
            os.kill(running.process.pid, how)
            running.process.wait(30)
        _, alive = psutil.wait_procs([psutil.Process(pid) for pid in children if psutil.pid_exists(pid)], timeout=60)
        assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
