"""`%%lumina --agent` and `%lumina gear, plan, runs, run, stop, undo`: in a kernel of the server that the agent runs cells in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import nbformat

from lumina_jupyter.agent import RunView
from lumina_jupyter.agent.run import ENDED
from tests.integration.server.conftest import Face
from tests.integration.server.conversing import read_until_kept
from tests.integration.server.live import NAME
from tests.replay.server import ReplayServer

from .conftest import Desk, MakeDesk, until
from .scripted import add, plan, run_of


class Cell:
    """A cell as its front end shows it: displays are updated also when the cell is over."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.status = ""
        self.outputs: list[Any] = []
        self.displays: dict[str, int] = {}
        self.updates = 0

    @property
    def text(self) -> str:
        found = []
        for each in self.outputs:
            data = each.get("data", {})
            found.append(data.get("text/markdown") or data.get("text/plain") or str(each.get("text", "")))
            found += each.get("traceback", [])
        return "\n".join(found)

    async def shows(self, text: str) -> None:
        async def there() -> bool:
            return text in self.text

        try:
            await until(there)
        except AssertionError:
            raise AssertionError(f"{text!r} is not in\n{self.text}") from None

    def check(self) -> None:
        """What is shown is a notebook that is valid."""
        cell = nbformat.v4.new_code_cell(self.source, outputs=self.outputs)
        nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


class FrontEnd:
    """Runs cells in a kernel, and hears what it says for as long as it is there."""

    def __init__(self, client: Any, manager: Any) -> None:
        self._client = client
        self.manager = manager
        self._cells: dict[str, Cell] = {}

    async def run(self, source: str) -> Cell:
        """Run a cell to its end."""
        cell = Cell(source)
        # without this a kernel aborts what follows at once on a cell that failed
        identifier = self._client.execute(source, allow_stdin=False, stop_on_error=False)
        self._cells[identifier] = cell
        while True:
            reply = await self._client.get_shell_msg(timeout=120)
            if reply["parent_header"]["msg_id"] == identifier:
                cell.status = reply["content"]["status"]
                return cell

    async def done(self, source: str) -> Cell:
        cell = await self.run(source)
        await asyncio.sleep(0)
        assert cell.status == "ok", cell.text
        return cell

    async def refused(self, source: str, text: str) -> None:
        """A cell that fails with a sentence that holds the text."""
        cell = await self.run(source)
        assert cell.status == "error", cell.text
        await cell.shows(text)
        assert "Traceback" not in cell.text

    async def listen(self) -> None:
        while True:
            message = await self._client.get_iopub_msg(timeout=None)
            cell = self._cells.get(message["parent_header"].get("msg_id", ""))
            kind, content = message["msg_type"], message["content"]
            if kind == "update_display_data":
                shown = content["transient"]["display_id"]
                (holder,) = [each for each in self._cells.values() if shown in each.displays]
                holder.outputs[holder.displays[shown]]["data"] = content["data"]
                holder.updates += 1
            elif cell is not None and kind in {"display_data", "stream", "error", "execute_result"}:
                display = content.get("transient", {}).get("display_id")
                if display:
                    cell.displays[display] = len(cell.outputs)
                cell.outputs.append(nbformat.v4.output_from_msg(message))


@asynccontextmanager
async def front_end(face: Face) -> AsyncIterator[FrontEnd]:
    """A session of the notebook, with the magics loaded in its kernel."""
    session = {"path": NAME, "name": NAME, "type": "notebook", "kernel": {"name": "python3"}}
    async with face.client() as http:
        made = (await http.post("api/sessions", json=session)).json()
        manager: Any = face.app.kernel_manager.get_kernel(made["kernel"]["id"])
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=120)
        front = FrontEnd(client, manager)
        listening = asyncio.ensure_future(front.listen())
        try:
            await front.done("%load_ext lumina_jupyter")
            yield front
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
            client.stop_channels()
            await http.delete(f"api/sessions/{made['id']}")


async def last(here: Desk) -> RunView:
    return (await here.agents.list(NAME))[0]


async def over(here: Desk) -> RunView:
    """The last run when it is over; what it asks for is granted for the run, as a person does."""

    async def ended() -> RunView | None:
        run = await last(here)
        for each in await here.engine.tools.approvals.list():
            await here.engine.tools.approvals.decide(each.id, "grant", by="Ada", scope="run")
        return run if run.state in ENDED else None

    found: RunView = await until(ended)
    return found


async def test_a_cell_has_the_agent_run_cells_in_its_own_kernel(
    desk: MakeDesk, face: Face, provider: ReplayServer
) -> None:
    here = await desk("x = 20")
    here.mind.texts = ["y = 21 * 2\nprint(y)"]
    here.mind.plans = [plan(add(), run_of(), answers=True)]
    here.mind.says = "It is **42**. <script>alert(1)</script>"
    async with front_end(face) as front:
        cell = await front.done("%%lumina --agent --gear 3\nAdd y, isn't it?")
        # The cell is over, the kernel is free, and its output goes on, whatever runs meanwhile.
        await cell.shows("Waits for your approval")
        await cell.shows("lumina approvals")
        other = await front.done("print('meanwhile')")
        run = await over(here)
        assert (run.words, run.gear_name, run.state) == ("Add y, isn't it?", "3", "done"), run.why
        assert (await here.agents._held.find(run.id, "")).request.asked_by == "magic"
        await cell.shows("It is **42**.")
        await cell.shows(f"%lumina undo {run.id}")
        assert here.cells == ["x = 20", "y = 21 * 2\nprint(y)"]
        assert other.text.strip() == "meanwhile"
        assert "<script" not in cell.text
        assert len(cell.outputs) <= 4
        assert cell.updates < 60
        cell.check()
        await (await front.done("print(y)")).shows("42")

        # It is a turn of the notebook's conversation, which people see, and which the next question goes on with.
        async with face.client() as http:
            path = "lumina/api/conversations"
            [talk] = (await http.get(path, params={"notebook": NAME})).json()["conversations"]
            assert (talk["id"], talk["current"], talk["title"]) == (run.conversation, True, "Add y, isn't it?")
            panel = await read_until_kept(http, run.conversation, run.id)
        assert (panel.entries[0]["kind"], panel.entries[0]["data"]["run"]) == ("question", run.id)
        assert panel.kept_text(run.id) == "It is **42**. <script>alert(1)</script>"
        await (await front.done("%%lumina\nWhat did you add?")).shows("forty-two")
        asked = json.loads(provider.requests[-1].body)["messages"]
        assert [each["content"] for each in asked if each["role"] == "assistant"] == [panel.kept_text(run.id)]

        await (await front.done("%lumina runs")).shows(run.id)
        again = await front.done(f"%lumina run {run.id}")
        await again.shows("2 of 2 steps")
        assert "the cell is over" not in again.text
        await (await front.done("%lumina undo")).shows("Undone: step")
        await (await front.done(f"%lumina undo {run.id}")).shows("Undone: the run")
        assert here.cells == ["x = 20"]
        assert (await front.run("print(y)")).status == "error"
        await (await front.done(f"%lumina redo {run.id}")).shows("Done again")
        assert here.cells == ["x = 20", "y = 21 * 2\nprint(y)"]
        await front.refused(f"%lumina undo {run.id} 9", "has no step")


async def test_a_plan_waits_and_no_cell_approves_it(desk: MakeDesk, face: Face) -> None:
    here = await desk("x = 1")
    here.mind.plans = [plan(add(source="y = 1"))]
    async with front_end(face) as front:
        cell = await front.done("%lumina plan Add y, don't ask.")
        await cell.shows("The plan waits for your approval")
        await cell.shows("What it would do")
        await cell.shows("+y = 1")
        run = await last(here)
        assert run.words == "Add y, don't ask."
        await front.refused(f"%lumina approve {run.id}", "may not decide")
        await front.refused(f"%lumina deny {run.id}", "may not decide")
        await front.refused("%lumina reply Do it.", "may not decide")
        assert here.cells == ["x = 1"]
        await here.agents.decide_plan(run.id, "approve", by="Ada")
        await cell.shows("**Done.**")
        assert here.cells == ["x = 1", "y = 1"]
        here.engine.settings.kernels_may_approve = True
        await front.done("%%lumina --agent --plan\nAnother.")
        await until(lambda: _state(here, "waiting"))
        await (await front.done(f"%lumina deny {(await last(here)).id}")).shows("is refused")
        assert here.cells == ["x = 1", "y = 1"]


async def test_it_is_stopped_held_and_shifted(desk: MakeDesk, face: Face) -> None:
    here = await desk("x = 1")
    here.mind.plans = [plan(add())]
    go_on = asyncio.Event()

    async def hold(what: str) -> None:
        if what == "write":
            await go_on.wait()

    here.mind.before = hold
    async with front_end(face) as front:
        cell = await front.done("%%lumina --agent --gear 3\nWork.")
        await cell.shows("● **Add a**")
        await (await front.done("%lumina gear 2")).shows("shifts at its next step")
        await front.refused("%lumina gear 5", "may not shift to a faster gear")
        await (await front.done("%lumina pause")).shows("holds")
        await cell.shows("**paused**")
        resumed = await front.done("%lumina resume")
        await resumed.shows("**running**")
        await (await front.done("%lumina stop")).shows("is stopped")
        for each in (cell, resumed):
            await each.shows("**stopped**")
        await front.refused("%lumina stop", "No run of the agent")
        # The notebook's stop button, while no cell runs.
        await front.done("%lumina gear auto")
        cell = await front.done("%%lumina --agent\nWork.")
        await cell.shows("● **Add a**")
        await front.manager.interrupt_kernel()
        await cell.shows("**stopped**")
        assert here.cells == ["x = 1"]
        # And while one runs, it is that cell that is interrupted.
        await front.manager.interrupt_kernel()
        await (await front.done("print('lives')")).shows("lives")


async def test_what_cannot_be_is_told_in_a_sentence(desk: MakeDesk, face: Face) -> None:
    await desk("x = 1")
    async with front_end(face) as front:
        await (await front.done("%lumina gear")).shows("Most careful")
        await (await front.done("%lumina runs")).shows("has done nothing")
        for source, text in {
            "%lumina gear 9": "the gears are",
            "%lumina gear reverse": "nothing in this notebook",
            "%lumina plan": "takes what the agent shall do",
            "%lumina run": "has done nothing",
            "%lumina run run_none": "no run",
            "%lumina stop run_none": "no run",
            "%lumina pause a b": "takes the ID",
            "%lumina reply": "takes what you answer",
            "%lumina runs now": "takes no argument",
            "%%lumina --agent --gear x\nDo.": "the gears are",
            "%%lumina --gear 3\nDo.": "goes with --agent",
            "%%lumina --plan\nDo.": "goes with --agent",
            "%%lumina --agent -f code\nDo.": "does not go with --agent",
            "%%lumina --agent --tools\nDo.": "does not go with --agent",
            "%%lumina --agent\n ": "no prompt",
        }.items():
            await front.refused(source, text)


async def _state(here: Desk, state: str) -> bool:
    return (await last(here)).state == state
