"""The file of the sessions that frontends may come back with: with ours, and upstream's again without the guard."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from lumina_jupyter.collaboration.ydoc_server.guard import SESSIONS
from tests.integration.collaboration.live.conftest import Live, code


async def test_it_is_in_the_data_folder_while_the_guard_is_on(live: Live) -> None:
    live.put(code("a", "x"))
    settings = live.app.web_app.settings
    async with live.joined():
        assert settings[SESSIONS] in map(str, live.data.rglob("*.json"))
    await live.extension._guarding.close()
    assert settings[SESSIONS] is None


def test_servers_over_the_same_notebooks_share_it_and_others_do_not(live: Live) -> None:
    ours = Path(live.app.web_app.settings[SESSIONS])
    assert ours.parent.parent == live.data / "rooms"
    assert ours.parent.name == sha256(str(live.root.resolve()).encode()).hexdigest()[:16]
