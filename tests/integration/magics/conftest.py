"""Kernels without a Jupyter server, and a provider whose answers are played back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.replay.server import ReplayServer, Reply

from .kernel import Kernel

Start = Callable[..., AbstractAsyncContextManager[tuple[Kernel, ReplayServer]]]


def settings_for(server: ReplayServer, **settings: Any) -> dict[str, Any]:
    """Lumina's settings with that server as the default model's endpoint `lab`."""
    return {
        "endpoints": {"lab": {"base_url": f"{server.url}/v1"}},
        "default_model": "lab/m",
        "models": {"lab/m": {"context": 8192, "input_price": 1e-6, "output_price": 2e-6}},
        "ollama_url": "",
        "retry_base_delay": 0.0,
        **settings,
    }


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Starts a kernel with the magics loaded, and the provider behind it."""

    @asynccontextmanager
    async def begin(*replies: Reply, **settings: Any) -> AsyncGenerator[tuple[Kernel, ReplayServer], None]:
        async with ReplayServer(*replies) as server, Kernel(tmp_path, settings_for(server, **settings)) as kernel:
            await kernel.load()
            yield kernel, server

    return begin
