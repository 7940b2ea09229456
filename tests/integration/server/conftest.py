"""A real Jupyter server with the extension, in the test's own event loop, and a model to play back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest
from jupyter_server.serverapp import ServerApp
from traitlets.config import Config

from lumina_jupyter.server.extension import LuminaExtension
from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer, Reply


@dataclass(frozen=True)
class Face:
    """The server as a test sees it."""

    url: str
    """The server's base URL, with a slash at its end."""
    app: ServerApp
    extension: LuminaExtension

    @property
    def token(self) -> str:
        return str(self.app.identity_provider.token)

    @property
    def kernel_token(self) -> str:
        return self.extension.service.kernel_token.reveal()

    def client(self, token: str | None = None, **headers: str) -> httpx.AsyncClient:
        """A client that sends a token: Jupyter's by default, none when empty."""
        token = self.token if token is None else token
        if token:
            headers = {"Authorization": f"Bearer {token}", **headers}
        # No certificates for HTTP: reading them takes longer than most requests.
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30, trust_env=False, verify=False)


class StartReplay(Protocol):
    def __call__(self, *replies: Reply, **options: Any) -> ReplayServer: ...


@pytest.fixture
def start_replay(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[StartReplay]:
    """Starts servers that play a provider."""
    running: list[ReplayServer] = []

    def start(*replies: Reply, **options: Any) -> ReplayServer:
        server = ReplayServer(*replies, **options)
        jp_asyncio_loop.run_until_complete(server.__aenter__())
        running.append(server)
        return server

    yield start
    for server in running:
        jp_asyncio_loop.run_until_complete(server.__aexit__(None, None, None))


@pytest.fixture
def provider(start_replay: StartReplay, request: pytest.FixtureRequest) -> ReplayServer:
    """The provider behind the endpoint `lab`; parametrize it indirectly with replies to have it say something else."""
    replies = getattr(request, "param", None) or (chat_reply("for", "ty-two"),)
    return start_replay(*replies)


@pytest.fixture
def jp_server_config(jp_server_config: Config, provider: ReplayServer, tmp_path: Path) -> Config:
    jp_server_config["ServerApp"]["jpserver_extensions"]["lumina_jupyter"] = True
    settings = {
        "data_dir": str(tmp_path / "lumina"),
        "endpoints": {"lab": {"base_url": f"{provider.url}/v1"}},
        "models": {"lab/m": {"context": 8192}},
        "default_model": "lab/m",
        "ollama_url": "",
        "max_body_mb": 2.0,
        "retry_base_delay": 0.0,
    }
    jp_server_config["Lumina"].update(settings)
    return jp_server_config


@pytest.fixture
def face(jp_serverapp: ServerApp, http_server: Any, http_server_client: Any, jp_base_url: str) -> Face:
    extension = jp_serverapp.extension_manager.extension_points["lumina"].app
    assert isinstance(extension, LuminaExtension)
    return Face(f"{http_server_client.get_url(jp_base_url)}", jp_serverapp, extension)


@pytest.fixture
def change_settings(face: Face) -> Callable[..., None]:
    """Changes settings of the running extension."""

    def change(**values: Any) -> None:
        for name, value in values.items():
            setattr(face.extension.service.settings, name, value)

    return change
