"""`@` in a `%%lumina` cell of a real kernel of a real server: what the provider was sent."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from nbformat.v4 import new_output

from tests.integration.server.conftest import Face
from tests.replay.server import ReplayServer

from .conftest import Write, sent_text

ERROR = new_output("error", ename="KeyError", evalue="'prise'", traceback=["Cell In[2], line 1", "----> 1 df['prise']"])
CELLS: tuple[tuple[str, str, int | None, list[Any]], ...] = (
    ("load0001", "df = load('prices.csv')\nprint('loaded')", 1, [new_output("stream", text="loaded 20 rows\n")]),
    ("fail0002", "df['prise']", 2, [ERROR]),
    ("ask00003", "%%lumina\nplaceholder", None, []),
    ("last0004", "summary = df.describe()", 3, []),
)


class Session:
    """A kernel that a session ties to a notebook, driven as a front end does."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def run(self, source: str, cell_id: str = "") -> str:
        """Run a cell and return what it shows as text."""
        content = {"code": source, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = self._client.session.msg("execute_request", content, metadata={"cellId": cell_id} if cell_id else {})
        self._client.shell_channel.send(message)
        shown: list[str] = []
        while True:
            got = await self._client.get_iopub_msg(timeout=60)
            if got["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            content = got["content"]
            match got["msg_type"]:
                case "stream":
                    shown.append(content["text"])
                case "display_data" | "update_display_data" | "execute_result":
                    shown.append(content["data"].get("text/plain", ""))
                case "error":
                    shown.append(f"{content['ename']}: {content['evalue']}")
                case "status" if content["execution_state"] == "idle":
                    return "\n".join(shown)


@asynccontextmanager
async def begin(face: Face, path: str = "prices.ipynb") -> AsyncGenerator[Session, None]:
    body = {"path": path, "type": "notebook", "name": path, "kernel": {"name": "python3"}}
    async with face.client() as http:
        session = (await http.post("api/sessions", json=body)).json()
    client: Any = face.app.kernel_manager.get_kernel(session["kernel"]["id"]).client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        made = Session(client)
        assert "Error" not in await made.run("%load_ext lumina_jupyter")
        yield made
    finally:
        client.stop_channels()


async def test_cells_files_errors_and_variables_reach_the_provider(
    face: Face, provider: ReplayServer, write_notebook: Write, jp_root_dir: Path
) -> None:
    write_notebook("prices.ipynb", *CELLS)
    (jp_root_dir / "prices.csv").write_text("name,price\nbolt,0.25\nnut,0.10\n")
    async with begin(face) as session:
        await session.run("table = {'rows': 20, 'unit': 'EUR'}")
        shown = await session.run(
            "%%lumina\nWhy does @cell fail with @error? See @file:prices.csv, @table and @cell:#1. Write to ada@example.org.",
            cell_id="ask00003",
        )
        text = sent_text(provider)
        assert "forty-two" in shown
        assert '<lumina:cell number="#2" id="fail0002"' in text  # the cell above the one that asks
        assert "KeyError: 'prise'" in text
        assert '<lumina:cell number="#1" id="load0001"' in text
        assert "loaded 20 rows" in text
        assert "price: number" in text
        assert "bolt,0.25" in text
        assert "'unit': 'EUR'" in text
        assert "summary = df.describe()" not in text
        assert text.endswith("Write to ada@example.org.")


async def test_what_cannot_be_shown_is_told(face: Face, provider: ReplayServer, write_notebook: Write) -> None:
    write_notebook("prices.ipynb", *CELLS)
    async with begin(face) as session:
        shown = await session.run(
            "%%lumina\nCompare @file:nothing.csv with @file:../outside.txt and @cell:#9.", "ask00003"
        )
        text = sent_text(provider)
        assert "@file" not in text.partition("Compare")[0] or "not available" in text
        assert "file nothing.csv (there is no such file)" in shown
        assert "file ../outside.txt (it is outside of the folders that may be read)" in shown
        assert "@cell:#9 (the notebook has 4 cells)" in shown


async def test_documentation_reaches_the_provider(face: Face, provider: ReplayServer, write_notebook: Write) -> None:
    write_notebook("prices.ipynb", *CELLS)
    async with begin(face) as session:
        await session.run("import json as j")
        shown = await session.run("%%lumina\nExplain @doc:j.dumps and @doc:j.nothing.", "ask00003")
        text = sent_text(provider)
        assert '<lumina:documentation name="j.dumps" type="function"' in text
        assert "dumps(obj, *, skipkeys=False, " in text
        assert "Serialize ``obj`` to a JSON formatted" in text
        assert "@doc:j.nothing (nothing of that name is imported or defined in the kernel)" in shown


async def test_a_prompt_without_mentions_is_sent_as_it_is(
    face: Face, provider: ReplayServer, write_notebook: Write
) -> None:
    write_notebook("prices.ipynb", *CELLS)
    async with begin(face) as session:
        await session.run("%%lumina\nMail ada@example.org about `@cell` and @nothing_of_that_name.", "ask00003")
        assert sent_text(provider) == "Mail ada@example.org about `@cell` and @nothing_of_that_name."


async def test_values_in_a_template_mention_nothing(
    face: Face, provider: ReplayServer, write_notebook: Write, jp_root_dir: Path
) -> None:
    write_notebook("prices.ipynb", *CELLS)
    (jp_root_dir / "private.txt").write_text("the launch is on the ninth")
    async with begin(face) as session:
        await session.run("comment = 'please look at @file:private.txt'")
        await session.run("%%lumina\nTranslate {{comment}}", "ask00003")
        assert "the launch" not in sent_text(provider)


async def test_the_notebooks_policy_holds(face: Face, provider: ReplayServer, write_notebook: Write) -> None:
    write_notebook("prices.ipynb", *CELLS, policy={"variables": "schema-only"})
    async with begin(face) as session:
        await session.run("table = {'rows': 20, 'unit': 'EUR'}")
        await session.run("%%lumina\nExplain @table, @cell:#1 and @error", "ask00003")
        text = sent_text(provider)
        assert 'name="table" type="dict"' in text
        assert "EUR" not in text
        assert "print('loaded')" in text
        assert "loaded 20 rows" not in text
        assert "KeyError" in text
        assert "'prise'" not in text.replace("df['prise']", "")


async def test_a_dry_run_shows_what_would_be_sent(face: Face, provider: ReplayServer, write_notebook: Write) -> None:
    write_notebook("prices.ipynb", *CELLS)
    async with begin(face) as session:
        shown = await session.run("%%lumina --dry-run\nExplain @cell:#1 and @file:nothing.csv", "ask00003")
        assert "df = load('prices.csv')" in shown
        assert "file nothing.csv: there is no such file" in shown
        assert provider.requests == []


async def test_the_map_names_edited_cells_and_what_to_run_again(
    face: Face, provider: ReplayServer, write_notebook: Write
) -> None:
    async with begin(face) as session:
        for source in ("rate = 0.25", "total = 100 * rate", "unrelated = 1", "gone = 5"):
            await session.run(source)
        write_notebook(
            "prices.ipynb",
            ("a0000001", "rate = 0.5", 2, []),
            ("b0000002", "total = 100 * rate", 3, []),
            ("c0000003", "unrelated = 1", 4, []),
        )
        shown = await session.run("%lumina map")
        assert "Run again, in this order: #1, #2." in shown
        assert "it uses rate of cell #1, which is edited" in shown
        assert any("gone" in line and "code that is gone" in line for line in shown.splitlines())
        assert "unrelated" not in shown
