"""The preview and the map as routes, and who may look at what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth.authorizer import Authorizer
from nbformat.v4 import new_output
from traitlets.config import Config

from tests.integration.server.conftest import Face
from tests.replay.server import ReplayServer

from .conftest import Write

CELLS: tuple[tuple[str, str, int | None, list[Any]], ...] = (
    ("load0001", "rate = 0.25", 1, [new_output("stream", text="ready\n")]),
    ("used0002", "total = rate * 2", 2, []),
)


class NoReading(Authorizer):
    """Lets Lumina be used, but neither contents nor kernels be read."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return not (action == "read" and resource in {"contents", "kernels"})


async def preview(face: Face, text: str, token: str | None = None, **more: Any) -> Any:
    body = {"prompt": [{"text": text}], "notebook": "a.ipynb", **more}
    async with face.client(token) as http:
        return await http.post("lumina/api/context/preview", json=body)


async def test_a_preview_sends_nothing(face: Face, provider: ReplayServer, write_notebook: Write) -> None:
    write_notebook("a.ipynb", *CELLS)
    found = (await preview(face, "What is @cell:#1 and @file:a.txt?")).json()
    assert "rate = 0.25" in found["text"]
    assert [each["label"] for each in found["report"]["included"]] == ["cell #1 [1]"]
    assert found["report"]["left_out"][0]["reason"] == "there is no such file"
    assert found["report"]["tokens"] <= found["report"]["budget"] == 8192 // 4
    assert provider.requests == []


@pytest.mark.parametrize("name", [".secret.txt", "../outside.txt", "link.txt"])
async def test_files_outside_and_hidden_are_refused(face: Face, jp_root_dir: Path, name: str) -> None:
    (jp_root_dir / ".secret.txt").write_text("the secret")
    (jp_root_dir.parent / "outside.txt").write_text("the secret")
    (jp_root_dir / "link.txt").symlink_to(jp_root_dir.parent / "outside.txt")
    found = (await preview(face, f"@file:{name}")).json()
    assert "the secret" not in found["text"]
    assert len(found["report"]["left_out"]) == 1


@pytest.mark.parametrize("text", ["@file:a.ipynb", "@cell:#1", "@notebook"])
async def test_who_may_not_read_contents_cannot_mention_them(face: Face, write_notebook: Write, text: str) -> None:
    write_notebook("a.ipynb", *CELLS)
    face.app.web_app.settings["authorizer"] = NoReading(parent=face.app, identity_provider=face.app.identity_provider)
    answer = await preview(face, text)
    assert answer.status_code == 403
    assert "rate" not in answer.text
    async with face.client() as http:
        chat = await http.post("lumina/api/chat", json={"prompt": [{"text": text}], "notebook": "a.ipynb"})
        drawn = await http.post("lumina/api/context/map", json={"notebook": "a.ipynb"})
    assert (chat.status_code, drawn.status_code) == (403, 403)
    assert (await preview(face, "Hello")).status_code == 200


async def test_a_kernel_cannot_look_into_other_kernels(face: Face) -> None:
    async with face.client() as http:
        kernel = (await http.post("api/kernels", json={"name": "python3"})).json()["id"]
    found = (await preview(face, "@variable:x", face.kernel_token, kernel_id=kernel)).json()
    assert found["report"]["left_out"][0]["reason"] == "no kernel answers"


async def test_the_map_as_json(face: Face, write_notebook: Write) -> None:
    write_notebook("a.ipynb", *CELLS)
    ran = [{"count": 1, "source": "rate = 0.5"}, {"count": 2, "source": "total = rate * 2"}]
    async with face.client() as http:
        found = (await http.post("lumina/api/context/map", json={"notebook": "a.ipynb", "executions": ran})).json()
        unknown = await http.post("lumina/api/context/map", json={"notebook": "b.ipynb"})
    assert [cell["state"] for cell in found["cells"]] == ["edited", "upstream"]
    assert found["rerun"] == ["load0001", "used0002"]
    assert unknown.status_code == 404


class TestLiveRoom:
    """A notebook that is edited together: what its room holds counts, not the file."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
        monkeypatch.chdir(tmp_path)  # where rooms are stored
        jp_server_config["ServerApp"]["jpserver_extensions"] |= {
            "jupyter_server_ydoc": True,
            "jupyter_server_fileid": True,
        }
        return jp_server_config

    async def test_unsaved_edits_are_seen_and_the_room_is_left_alone(self, face: Face, write_notebook: Write) -> None:
        write_notebook("a.ipynb", *CELLS)
        settings = face.app.web_app.settings
        collaboration = settings["jupyter_server_ydoc"]
        before = (await preview(face, "@cell:#1")).json()
        assert "rate = 0.25" in before["text"]
        place = {"path": "a.ipynb", "content_type": "notebook", "file_format": "json"}
        settings["file_id_manager"].index("a.ipynb")
        assert await collaboration.get_document(**place, copy=False) is None
        document = await collaboration.get_document(**place, copy=False, create=True)
        source = document.ycells[0]["source"]
        source += "\nunsaved = True"
        after = (await preview(face, "@cell:#1")).json()
        assert "unsaved = True" in after["text"]
        assert 'execution="1"' in after["text"]
        assert len(document.ycells) == 2
