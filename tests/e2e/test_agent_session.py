"""A session with the agent in the browser: a plan, its dry run, what a person decides, a mended step, stop and undo."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.accessibility import violations
from tests.e2e.activity import Session
from tests.e2e.page import LabPage
from tests.e2e.provider import ReplayedProvider
from tests.e2e.server import LabServer
from tests.e2e.visits import Visits
from tests.replay.server import Reply

NAME = "sales.ipynb"
LOAD = "import pandas as pd\n\nsales = pd.DataFrame({'month': [1, 2, 3], 'units': [10, 12, 18]})\nsales"
BROKEN = "total = sales['unit'].sum()\nprint('total', total)"
STILL_BROKEN = "total = sales['units'].add_up()\nprint('total', total)"
MENDED = "total = sales['units'].sum()\nprint('total', total)"
MINE = "  # mine"
NOTE = "## Total\n\nThe units of all months."
PHASES: list[dict[str, object]] = [
    {
        "title": "Mend",
        "steps": [
            {
                "id": "s1",
                "title": "Mend the cell that fails",
                "tool": "edit_cell",
                "arguments": {"cell_id": "total"},
                "writes": "The cell without the error",
                "writes_to": "content",
                "expects": "The total is computed",
                "check": {"kind": "runs"},
            }
        ],
    },
    {
        "title": "Tell",
        "steps": [
            {
                "id": "s2",
                "title": "Say what the total is of",
                "tool": "add_cell",
                "arguments": {"content": NOTE, "cell_type": "markdown"},
                "expects": "A heading stands below",
            }
        ],
    },
]
PLAN = {"phases": PHASES, "answers": True}
ANSWER = "The **total** is 40 units."


def tool_call(name: str, **arguments: str) -> Reply:
    """A streamed call of a tool."""
    call = {"index": 0, "id": "call_1", "function": {"name": name, "arguments": json.dumps(arguments)}}
    chunks: list[dict[str, object]] = [
        {"id": "c", "choices": [{"index": 0, "delta": {"role": "assistant", "tool_calls": [call]}}]},
        {"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
    ]
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    return Reply(content_type="text/event-stream", body=body.encode())


@pytest.fixture(scope="module")
def session(visits: Visits, tools_lab: LabServer, provider: ReplayedProvider) -> Iterator[Session]:
    """The panel beside a notebook whose second cell fails."""
    provider.forget()
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook.cells = [
        nbformat.v4.new_code_cell(LOAD, id="load"),
        nbformat.v4.new_code_cell(BROKEN, id="total"),
    ]
    nbformat.write(notebook, tools_lab.root / NAME)
    with visits.page(tools_lab, height=1000) as page:
        page.open(NAME)
        page.wait_for_kernel()
        page.run_cell(0)
        page.run_cell(1)
        page.command("lumina:show-activity")
        session = Session(page, provider)
        expect(session.panel).to_contain_text("The agent has done nothing in this notebook yet.")
        yield session
        assert page.errors == []


def test_a_plan_is_seen_approved_carried_out_mended_and_undone(session: Session, browser: Browser) -> None:
    page, panel = session.page, session.panel
    session.read_and_plan(PLAN)
    session.write(STILL_BROKEN, MENDED)
    session.provider.say(ANSWER, when="You answer a question")
    session.provider.say(json.dumps({"faults": []}), when="You check work")
    session.start("Mend the cell that fails, and say what it is", gear="2")

    # The plan with its dry run; nothing has been done.
    plan = panel.get_by_role("region", name="The plan waits for you")
    expect(plan).to_be_visible()
    expect(plan.locator(".jp-Lumina-diff").last).to_contain_text("The units of all months.")
    expect(plan).to_contain_text("Estimated")
    assert session.sources() == [LOAD, BROKEN]
    session.pictures("plan")
    assert violations(page.page, "#lumina-activity") == []
    # A press on what has just come to be seen does nothing: approving is on purpose.
    session.decide(plan, "Approve plan")

    # The check runs the cell, which a person is asked about: in the panel, in the status bar, in every browser.
    card = session.cards.first
    expect(card).to_be_visible()
    expect(card).to_contain_text("Runs a cell of sales.ipynb")
    expect(card).to_contain_text("Cell #2 of sales.ipynb")
    expect(card.locator(".jp-LuminaCode")).to_contain_text("add_up")
    expect(page.page.locator("#lumina-waiting")).to_contain_text("1 waits for you")
    session.pictures("approval")
    assert violations(page.page, ".jp-LuminaApproval, #lumina-waiting") == []
    context = browser.new_context(viewport={"width": 900, "height": 900})
    other = LabPage(context.new_page(), page.server)
    other.open()
    other.page.locator("#lumina-waiting").get_by_role("button").press("Enter")
    theirs = other.page.locator("[data-approval]")
    expect(theirs).to_contain_text("Runs a cell of sales.ipynb")
    other.screenshot("agent-approval-narrow")
    session.decide(card, "Allow for this run")
    expect(theirs).to_have_count(0)
    expect(other.page.locator(".jp-LuminaApproval-settled")).to_contain_text("Allowed by")
    expect(other.page.locator("#lumina-waiting")).to_be_hidden()
    context.close()

    # What was written first fails its check, and is mended.
    expect(session.state).to_contain_text("Done", timeout=60_000)
    mended = session.step("Mend the cell that fails")
    expect(mended).to_contain_text("Check failed")
    expect(mended).to_contain_text("Tries again.")
    expect(mended).to_contain_text("Check passed")
    session.expect_sources(LOAD, MENDED, NOTE)
    expect(page.cell(1).locator(".jp-OutputArea-output")).to_have_text("total 40")
    report = panel.get_by_role("region", name="Report")
    expect(report).to_contain_text("The total is 40 units.")
    expect(report.locator("strong")).to_have_text("total")
    expect(report.locator(".jp-LuminaActivity-chip[data-stale='true']")).to_have_count(0)
    session.pictures("report")
    assert violations(page.page, "#lumina-activity") == []

    # The evidence is stale once its cell is another.
    page.edit(page.cell(1))
    page.page.keyboard.press("Control+End")
    page.page.keyboard.type(MINE)
    expect(report.locator(".jp-LuminaActivity-chip[data-stale='true']")).to_contain_text("stale")

    # One step is undone, then all, and brought again; what a person wrote stays.
    panel.get_by_role("button", name="Undo the step: Say what the total is of").click()
    session.expect_sources(LOAD, MENDED + MINE)
    expect(session.step("Say what the total is of")).to_contain_text("Undone by")
    session.button("Undo Run").click()
    session.expect_sources(LOAD, BROKEN + MINE)
    expect(session.state).to_contain_text("Undone")
    session.pictures("undone")
    session.button("Redo Run").click()
    session.expect_sources(LOAD, MENDED + MINE, NOTE)
    session.button("Undo Run").click()
    session.expect_sources(LOAD, BROKEN + MINE)


def test_a_task_from_the_chat_is_refused_and_one_is_stopped(session: Session) -> None:
    page, panel = session.page, session.panel
    page.command("lumina:open-chat")
    chat = page.page.locator("#lumina-chat")
    chat.get_by_label("Question to Lumina").press("Control+.")
    words = chat.get_by_label("Task for the agent")
    expect(words).to_be_visible()
    run_it = {"id": "s1", "title": "Run the cell", "tool": "run_cell", "arguments": {"cell_id": "total"}}
    session.read_and_plan({"phases": [{"title": "Run", "steps": [run_it]}], "answers": False})
    words.fill("Run the cell that fails")
    words.press("Enter")

    # Its card stands with the conversation, and asks there.
    card = chat.get_by_role("group", name="What the agent does")
    asked = card.locator("[data-approval]")
    expect(asked).to_contain_text("Runs a cell of sales.ipynb")
    session.pictures("chat")
    assert violations(page.page, "#lumina-chat") == []
    expect(words).to_have_value("")
    session.decide(asked, "Deny")
    expect(card).to_contain_text("Stopped")
    card.get_by_role("button", name="See the report").click()
    expect(session.step("Run the cell").first).to_contain_text("Denied by")
    session.pictures("refused")
    assert page.cell(1).locator(".jp-InputPrompt").inner_text().strip() == "[2]:"

    # Stopped while the model writes: at once, and nothing has been changed.
    session.read_and_plan(PLAN)
    session.provider.say("```python\n", "total = 1\n", "```", hold_after=1, when="You write Python")
    session.start("Mend the cell", gear="3")
    expect(session.step("Mend the cell that fails").first).to_contain_text("being done")
    expect(session.button("Interrupt kernel")).to_be_visible()
    session.pictures("working")
    session.button("Stop agent").click()
    expect(session.state).to_contain_text("Stopped")
    session.provider.wait_for_answering(0)
    assert session.sources() == [LOAD, BROKEN + MINE]
    expect(panel.get_by_role("region", name="Report")).to_contain_text("Report: Stopped")
    session.pictures("stopped")


def test_a_tool_of_the_chat_asks_in_its_answer(session: Session) -> None:
    page = session.page
    page.command("lumina:open-chat")
    chat = page.page.locator("#lumina-chat")
    chat.get_by_role("button", name="Ask", exact=True).click()
    session.provider.reply(tool_call("run_cell", cell_id="load"), when="Run the first cell")
    session.provider.say("It shows three months.", when="call_1")
    words = chat.get_by_label("Question to Lumina")
    words.fill("Run the first cell")
    words.press("Enter")
    turn = chat.get_by_role("article").last
    asked = turn.locator("[data-approval]")
    expect(asked).to_contain_text("The chat")
    expect(asked).to_contain_text("Cell #1 of sales.ipynb")
    # What is told to those who have no cards is not told here.
    expect(turn).not_to_contain_text("lumina approvals grant")
    session.pictures("chat-tool")
    assert violations(page.page, "#lumina-chat") == []
    # An Enter that meant something else does nothing, for it is not on the card.
    page.page.keyboard.press("Enter")
    expect(asked).to_be_visible()
    session.decide(asked, "Allow once")
    expect(turn).to_contain_text("It shows three months.")
    expect(turn.locator(".jp-LuminaApproval-settled")).to_contain_text("Allowed by")


def test_a_run_is_held_shifted_asked_left_out_and_reversed(session: Session) -> None:
    page, panel = session.page, session.panel
    page.command("lumina:show-activity")
    before = session.sources()
    fails = {
        "id": "s2",
        "title": "Divide by nothing",
        "tool": "add_cell",
        "arguments": {"content": "1 / 0"},
        "expects": "A number",
        "check": {"kind": "runs"},
    }
    session.read_and_plan({"phases": [PHASES[0], {"title": "Divide", "steps": [fails]}], "answers": False})
    session.provider.say("```python\n", MENDED, "\n```", hold_after=1, when="You write Python")
    session.start("Mend it, then divide", gear="3")
    expect(session.step("Mend the cell that fails").first).to_contain_text("being done")

    # Held, it does nothing; the gear that was chosen meanwhile is in from the next step on.
    session.button("Pause").click()
    expect(session.state).to_contain_text("Paused")
    session.run.get_by_role("button", name=re.compile(r"^Gear 2\b")).click()
    session.provider.go_on()
    session.provider.wait_for_answering(0)
    assert session.sources() == before
    session.pictures("paused")
    assert violations(page.page, "#lumina-activity") == []
    session.button("Resume").click()
    session.decide(session.cards.first, "Allow for this run")
    expect(session.run).to_contain_text("Shifted from gear 3 to 2.")

    # In that gear a person is asked what to do about a step that fails.
    asked = session.run.get_by_role("region", name=re.compile("The step 'Divide by nothing' failed"))
    expect(asked).to_be_visible(timeout=60_000)
    session.pictures("question")
    assert violations(page.page, "#lumina-activity") == []
    asked.get_by_role("button", name="Leave the step out").click()
    expect(session.run).to_contain_text("Answered by")
    expect(panel.get_by_role("region", name="Report")).to_be_visible(timeout=60_000)
    expect(session.step("Divide by nothing").last).to_contain_text("left out")
    session.expect_sources(LOAD, MENDED)

    # Only planned: nothing is done, and it can be refused. Reverse undoes the last run.
    session.read_and_plan(PLAN)
    panel.get_by_label("Plan only").check()
    session.start("Mend it again", gear="3", button="Plan")
    plan = panel.get_by_role("region", name="The plan waits for you")
    session.decide(plan, "Refuse plan")
    expect(session.state).to_contain_text("Stopped")
    panel.get_by_label("Plan only").uncheck()
    panel.get_by_role("button", name="Reverse: undo the last run in this notebook").click()
    session.pictures("reverse")
    session.button("Undo last run").click()
    session.expect_sources(*before)
    expect(panel.locator(".jp-LuminaActivity-row", has_text="Mend it, then divide")).to_contain_text("Undone")


def test_personas_and_runs_stand_in_the_conversation(session: Session) -> None:
    page = session.page
    page.command("lumina:open-chat")
    chat = page.page.locator("#lumina-chat")
    words = chat.get_by_label("Question to Lumina")
    words.fill("")
    words.press_sequentially("@tea")
    offered = chat.get_by_role("option", name=re.compile("teacher"))
    expect(offered).to_contain_text("Explains and gives hints")
    words.press("Backspace")
    words.press("Backspace")
    words.press("Backspace")
    expect(chat.get_by_role("option", name=re.compile("analyst"))).to_be_visible()
    session.pictures("personas")
    words.press_sequentially("teach")
    words.press("Enter")
    expect(words).to_have_value("@teacher ")
    session.provider.say("What does `sum` add up here?", when="You are a patient teacher")
    words.press_sequentially("why is it 40?")
    words.press("Enter")
    turn = chat.get_by_role("article", name="Question: @teacher why is it 40?")
    expect(turn).to_contain_text("What does sum add up here?")
    expect(turn.locator(".jp-LuminaChat-speaker")).to_have_text("TETeacher")

    # A task by a slash command is a turn, too; now that personas speak, it is said that Lumina does it itself.
    session.read_and_plan({"phases": [PHASES[1]], "answers": False})
    words.fill("/agent Say what the total is of")
    words.press("Escape")
    words.press("Enter")
    run = chat.get_by_role("article", name="Question: Say what the total is of")
    expect(run.locator(".jp-LuminaChat-speaker")).to_have_text("Lumina")
    expect(run.locator(".jp-LuminaChat-runState")).to_contain_text("Done")
    expect(run.locator(".jp-LuminaChat-runState")).to_contain_text("1 of 1 step")
    expect(run.locator(".jp-LuminaChat-prose")).to_have_text("1 step done.")
    # Its card stands in the conversation, and nowhere else.
    expect(chat.locator(".jp-LuminaChat-agent")).to_have_count(0)
    session.pictures("run-turn")
    assert violations(page.page, "#lumina-chat") == []

    # All of it is there after a reload, in each of three windows: streams leave room for whatever else they load.
    for number in range(3):
        other = page if number == 0 else LabPage(page.page.context.new_page(), page.server)
        other.open(NAME)
        other.wait_for_kernel()
        other.command("lumina:show-activity")
        expect(other.page.get_by_role("region", name="Lumina Activity")).to_contain_text("Say what the total is of")
        other.command("lumina:open-chat")
        shown = other.page.locator("#lumina-chat")
        entry = shown.get_by_role("article", name="Question: Say what the total is of")
        expect(entry.locator(".jp-LuminaChat-runState")).to_contain_text("Done")
        expect(entry.locator(".jp-LuminaChat-runState")).to_contain_text("1 of 1 step")
        expect(shown.get_by_role("article", name="Question: @teacher why is it 40?")).to_contain_text("Teacher")
    page.screenshot("agent-reloaded")
    for other_page in page.page.context.pages[1:]:
        other_page.close()
