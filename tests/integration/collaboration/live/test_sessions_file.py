"""The file of the sessions that frontends may come back with: with ours, and upstream's again without the guard."""

from __future__ import annotations

from pathlib import Path

from lumina_jupyter.collaboration.notices import Notices
from lumina_jupyter.collaboration.snapshots.snapshots import Snapshots
from lumina_jupyter.collaboration.ydoc_server.guard import SESSIONS
from lumina_jupyter.collaboration.ydoc_server.keeping import Keeping
from lumina_jupyter.settings import Lumina
from tests.integration.collaboration.live.conftest import Live, code


async def test_it_is_in_the_data_folder_while_the_guard_is_on(live: Live) -> None:
    live.put(code("a", "x"))
    settings = live.app.web_app.settings
    async with live.joined():
        assert Path(settings[SESSIONS]).is_relative_to(live.data)
        assert Path(settings[SESSIONS]).is_file()
    await live.extension._guarding.close()
    assert settings[SESSIONS] is None


def test_servers_over_the_same_notebooks_share_it_and_others_do_not(tmp_path: Path) -> None:
    def keeping(root: str) -> Keeping:
        settings = Lumina(data_dir=str(tmp_path))
        return Keeping(tmp_path / "rooms", str(tmp_path / root), lambda: Snapshots(settings), Notices(lambda _: None))

    one, two, other = keeping("work"), keeping("work"), keeping("elsewhere")
    try:
        assert len({one.place, two.place, other.place}) == 3
        assert one.sessions == two.sessions != other.sessions
    finally:
        for each in (one, two, other):
            each.close()
