"""Notebooks that were deleted: what is kept of them is listed, looked at and written anew; closed to who may not."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from lumina_jupyter.collaboration.replicas.disk_file import disk_key
from lumina_jupyter.collaboration.snapshots.snapshots import Snapshots

from .conftest import Face
from .test_notebook_history import HISTORY, RESTORE, call, moments, put, root, save, sources
from .test_notebook_proposals import Readers, Strangers

GONE = "lumina/api/notebooks/gone"


@pytest.fixture(params=["by place", "by id"])
def jp_server_config(jp_server_config: Config, request: pytest.FixtureRequest) -> Config:
    if getattr(request, "param", "") == "by id":
        jp_server_config["ServerApp"]["jpserver_extensions"]["jupyter_server_fileid"] = True
    return jp_server_config


async def gone(face: Face) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await call(face, "GET", GONE))["notebooks"]
    return found


async def delete(face: Face, name: str) -> None:
    async with face.client() as http:
        assert (await http.delete(f"api/contents/{name}")).status_code == 204


async def kept(face: Face, name: str = "work/a.ipynb") -> str:
    """A notebook of which a moment is kept; the moment's id."""
    put(face, name, "first = 1", "print(first)")
    await save(face, name, "second = 2")
    (moment,) = await moments(face, name)
    return str(moment["id"])


@pytest.mark.parametrize("how", ["contents", "folder"])
async def test_a_deleted_notebook_is_listed_looked_at_and_written_anew(face: Face, how: str) -> None:
    name, moment = "work/a.ipynb", await kept(face)
    assert await gone(face) == []
    if how == "contents":
        await delete(face, name)
    else:
        shutil.rmtree(root(face) / "work")
    (found,) = await gone(face)
    assert (found["path"], found["snapshot"], found["moments"], found["cells"]) == (name, moment, 1, 2)
    assert [each["id"] for each in await moments(face, name)] == [moment]
    place = f"{HISTORY}/{moment}"
    whole = await call(face, "GET", place, params={"path": name})
    assert [cell["source"] for cell in whole["content"]["cells"]] == ["first = 1", "print(first)"]
    changed = await call(face, "GET", place, params={"path": name, "against": "now"})
    assert {each["change"] for each in changed["comparison"]["cells"]} == {"removed"}
    refused = await call(face, "POST", RESTORE, 400, json={"path": name, "snapshot": moment, "cell": "c0"})
    assert "gone" in refused["error"]["message"]
    done = await call(face, "POST", RESTORE, json={"path": name, "snapshot": moment[:6]})
    assert (done["path"], done["inserted"], done["changed"], done["undo"]) == (name, ["c0", "c1"], True, "")
    assert sources(root(face) / name) == ["first = 1", "print(first)"]
    assert await gone(face) == []
    assert moment in [each["id"] for each in await moments(face, name)]
    await save(face, name, "third = 3")
    assert len(await moments(face, name)) >= 1


async def test_what_comes_back_is_not_trusted(face: Face) -> None:
    path = put(face, "a.ipynb", "show()")
    content = json.loads(path.read_text())
    script = {"output_type": "display_data", "data": {"text/html": "<script>1</script>"}, "metadata": {}}
    content["cells"][0] |= {"outputs": [script], "metadata": {"trusted": True}}
    path.write_text(json.dumps(content))
    await save(face, "a.ipynb", "other")
    (moment,) = await moments(face, "a.ipynb")
    await delete(face, "a.ipynb")
    await call(face, "POST", RESTORE, json={"path": "a.ipynb", "snapshot": moment["id"]})
    model = await call(face, "GET", "api/contents/a.ipynb")
    (cell,) = model["content"]["cells"]
    assert (cell["outputs"], cell["metadata"].get("trusted")) == ([script], False)


async def test_a_notebook_that_is_somewhere_else_now_is_not_gone(face: Face) -> None:
    await kept(face, "a.ipynb")
    await call(face, "PATCH", "api/contents/a.ipynb", json={"path": "b.ipynb"})
    assert await gone(face) == []
    missing = await call(face, "GET", HISTORY, 404, params={"path": "a.ipynb"})
    assert missing["error"]["code"] == "not_found"
    await delete(face, "b.ipynb")
    assert len(await gone(face)) <= 1


async def test_what_was_hidden_stays_so(face: Face) -> None:
    content = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    place = (root(face) / ".secret" / "a.ipynb").resolve()
    snapshots = Snapshots(face.extension.service.settings)
    moment = snapshots.take(disk_key(place), content, reason="saved", path=".secret/a.ipynb").id
    assert await gone(face) == []
    await call(face, "GET", HISTORY, 404, params={"path": ".secret/a.ipynb"})
    await call(face, "POST", RESTORE, 404, json={"path": ".secret/a.ipynb", "snapshot": moment})
    assert not place.exists()


async def test_what_was_never_kept_and_what_is_hidden_or_outside_is_refused(face: Face) -> None:
    moment = await kept(face, "a.ipynb")
    await delete(face, "a.ipynb")
    outside = root(face).parent / "outside.ipynb"
    for path, status in (
        ("b.ipynb", 404),
        ("a.txt", 404),
        (".secret/a.ipynb", 404),
        ("work/.a.ipynb", 404),
        ("../outside.ipynb", 403),
        ("work/../../outside.ipynb", 403),
    ):
        await call(face, "GET", HISTORY, status, params={"path": path})
        await call(face, "POST", RESTORE, status, json={"path": path, "snapshot": moment})
    assert not outside.exists()
    (root(face) / "a.ipynb").write_text("somebody was faster")
    await call(face, "POST", RESTORE, json={"path": "a.ipynb", "snapshot": moment})
    assert (await moments(face, "a.ipynb"))[0]["reason"] == "recovery"


async def test_a_notebook_that_is_made_where_one_was_deleted_has_its_history(face: Face) -> None:
    moment = await kept(face, "a.ipynb")
    await delete(face, "a.ipynb")
    put(face, "a.ipynb", "new = 1")
    os.utime(root(face) / "a.ipynb", (2_000_000_000, 2_000_000_000))
    face.extension._saved_moments._looked.clear()
    await save(face, "a.ipynb", "new = 2")
    assert {moment} < {each["id"] for each in await moments(face, "a.ipynb")}


class TestReaders:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        jp_server_config["ServerApp"]["authorizer_class"] = Readers
        return jp_server_config

    async def test_who_may_only_read_sees_and_restores_nothing(self, face: Face) -> None:
        path = _kept_by_hand(face)
        assert [each["path"] for each in await gone(face)] == ["a.ipynb"]
        (moment,) = await moments(face, "a.ipynb")
        await call(face, "POST", RESTORE, 403, json={"path": "a.ipynb", "snapshot": moment["id"]})
        assert not path.exists()


class TestStrangers:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        jp_server_config["ServerApp"]["authorizer_class"] = Strangers
        return jp_server_config

    async def test_who_may_not_read_is_told_nothing(self, face: Face) -> None:
        _kept_by_hand(face)
        for route in (GONE, f"{HISTORY}?path=a.ipynb"):
            refused = await call(face, "GET", route, 403)
            assert "a.ipynb" not in json.dumps(refused)
        await call(face, "GET", GONE, 403, token="wrong")


def _kept_by_hand(face: Face) -> Path:
    """What a notebook was that is no more."""
    path = root(face) / "a.ipynb"
    content = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    Snapshots(face.extension.service.settings).take(disk_key(path.resolve()), content, reason="saved", path="a.ipynb")
    return path
