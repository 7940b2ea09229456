"""The built-in tools on a real server: cells that run in a live room, outputs, variables, and undoing all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from lumina_jupyter.tools import Actor, ImageContent, ToolCall, ToolContext

from .conftest import Face
from .live import NAME, Notebook

PICTURE = "from IPython.display import Image, display\nimport base64\n" + (
    "display(Image(base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==')))\nprint('shown')\nanswer = 42"
)


@pytest.fixture
def jp_server_config(jp_server_config: Config, tmp_path: Path) -> Config:
    extensions = jp_server_config["ServerApp"]["jpserver_extensions"]
    extensions |= {"jupyter_server_ydoc": True, "jupyter_server_fileid": True}
    jp_server_config["SQLiteYStore"]["db_path"] = str(tmp_path / "rooms.db")
    jp_server_config["BaseFileIdManager"]["db_path"] = str(tmp_path / "ids.db")
    return jp_server_config


async def test_a_run_in_a_live_room_is_seen_and_undone(face: Face) -> None:
    notebook = Notebook(face, "room")
    (first,) = await notebook.make("a = 1")
    room = await notebook.open_room()
    engine = await face.extension.service.engine()
    context = ToolContext(actor=Actor("user", "ada", run="run_1"), notebook=NAME, active_cell=first)

    async def call(name: str, context: ToolContext = context, /, **arguments: Any) -> Any:
        outcome = await engine.tools.call(ToolCall("c", name, arguments), context)
        assert not outcome.is_error, outcome.text
        return outcome

    assert (await call("get_active_cell_id")).text.strip() == first
    await call("read_notebook")
    room.ycells[0]["source"].insert(0, "typed = ")
    refused = await engine.tools.call(ToolCall("c", "edit_cell", {"cell_id": first, "content": "x"}), context)
    assert refused.error_code == "cell_changed"
    assert "typed = a = 1" in refused.text
    await call("edit_cell", cell_id=first, content=PICTURE)
    assert str(room.ycells[0]["source"]) == PICTURE
    ran = await call("run_cell", cell_id=first)
    assert "ok after" in ran.text
    assert "shown" in ran.text
    assert [part.media_type for part in ran.content if isinstance(part, ImageContent)] == ["image/png"]
    await call("add_cell", content="1 / 0")
    failed = await call("run_all_cells")
    assert "ZeroDivisionError" in failed.text
    (session,) = await face.app.session_manager.list_sessions()
    seeing = ToolContext(actor=context.actor, notebook=NAME, kernel_id=session["kernel"]["id"])
    assert "answer" in (await call("list_variables", seeing)).text
    assert "42" in (await call("describe_variable", seeing, name="answer")).text
    room.ycells[0]["source"].insert(0, "# typed\n")
    stale = (await call("find_stale_cells", seeing)).text
    assert f"({first}) was edited after it ran" in stale
    assert ") failed" in stale
    del room.ycells[0]["source"][: len("# typed\n")]
    await engine.undoing.undo(NAME, run="run_1")
    assert [str(cell["source"]) for cell in room.ycells] == ["typed = a = 1"]
    assert not room.ycells[0]["outputs"]
