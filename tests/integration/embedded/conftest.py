"""What the tests of embedded models share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_core.utils import ensure_event_loop

from lumina_jupyter.settings import Lumina

from .running import Loaded, running


@pytest.fixture(autouse=True, scope="module")
def jp_asyncio_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One event loop for all tests of a module: models that are in memory belong to one."""
    loop = ensure_event_loop()
    yield loop
    loop.close()


@pytest.fixture
def settings(models_dir: Path) -> Lumina:
    """Small contexts load faster."""
    return Lumina(models_dir=str(models_dir), embedded_context=2048)


@pytest.fixture(scope="module")
def loaded(models_dir: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Loaded]:
    """The adapter and its models, which are in memory from the first test of a module on that asks them."""
    context = running(Lumina(models_dir=str(models_dir), embedded_context=4096))
    yield jp_asyncio_loop.run_until_complete(context.__aenter__())
    jp_asyncio_loop.run_until_complete(context.__aexit__(None, None, None))
