"""Servers on which everything is tried again at once, for runs of many faults."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from traitlets.config import Config

from lumina_jupyter.collaboration.ydoc_server import saving, store
from lumina_jupyter.server.contents_file import FolderFile

from ..conftest import Live


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    jp_server_config["YDocExtension"].update(
        {"file_poll_interval": 0.02, "document_save_delay": 0.02, "document_cleanup_delay": None}
    )
    return jp_server_config


@pytest.fixture
def impatient(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is tried again at once, and little is logged."""
    for log in (live.app.log, live.collaboration.log, logging.getLogger("jupyter_events")):
        monkeypatch.setattr(log, "level", logging.CRITICAL)
    monkeypatch.setattr(saving, "FIRST_RETRY", 0.05)
    monkeypatch.setattr(saving, "LONGEST_RETRY", 0.1)
    monkeypatch.setattr(store, "RETRY_AFTER", 0.05)


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> set[object]:
    """The writes to files that are under way, from their last look at the file on."""
    under_way: set[object] = set()

    def watch(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        async def watched(*arguments: Any, **named: Any) -> Any:
            token = object()
            under_way.add(token)
            try:
                return await original(*arguments, **named)
            finally:
                under_way.discard(token)

        monkeypatch.setattr(owner, name, watched)

    watch(saving, "write_file")
    watch(FolderFile, "write")
    return under_way
