"""The agent's mind with a real small model: words become a task, the task a plan, and its code runs."""

from __future__ import annotations

import contextlib
import io
from collections.abc import AsyncGenerator
from typing import Any

import pandas as pd
import pytest

from lumina_jupyter.agent.gears import GEARS
from lumina_jupyter.agent.mind import Thinking
from lumina_jupyter.agent.run_events import Spent, Thought
from lumina_jupyter.agent.scene import Done, Scene
from lumina_jupyter.agent.thinking import ModelMind
from lumina_jupyter.context import CellView, NotebookView
from lumina_jupyter.context.kernel.inside import look_inside
from lumina_jupyter.errors import UnknownTool
from lumina_jupyter.events import Event
from lumina_jupyter.gateway import ChatRequest
from lumina_jupyter.settings import Lumina
from lumina_jupyter.tools import Tool

from .running import CODER, running

pytestmark = pytest.mark.embedded

_TOOLS = ("add_cell", "edit_cell", "run_cell", "read_file", "read_notebook", "list_files")


def _no_tool(name: str, _notebook: str) -> Tool:
    raise UnknownTool(f"There is no tool {name}.")  # a small model is shown none


async def _nothing_known(_model: str) -> None:
    return None


async def test_a_question_about_data_becomes_code_that_prints_the_answer(settings: Lumina) -> None:
    namespace: dict[str, Any] = {
        "pd": pd,
        "orders": pd.DataFrame({"City": ["Oslo", "Lima", "Oslo"], "Pieces": [3, 4, 50]}),
    }
    load = CellView(id="load", source="import pandas as pd\norders = pd.read_csv('orders.csv')", execution_count=1)
    told: list[Thought | Spent] = []
    thinking = Thinking(gear=GEARS[3], model="embedded/qwen2.5-coder-0.5b", tell=told.append)

    def scene(*more: CellView, done: tuple[Done, ...] = ()) -> Scene:
        seen = look_inside(namespace, ["orders"]).variables
        return Scene(
            notebook=NotebookView(path="a.ipynb", cells=(load, *more)), variables=seen, tools=_TOOLS, done=done
        )

    async with running(settings) as (adapter, _):

        async def chat(request: ChatRequest) -> AsyncGenerator[Event, None]:
            async for event in adapter.chat(request, CODER):
                yield event

        mind = ModelMind(settings, chat, _no_tool, _nothing_known)
        task = await mind.read("What is the sum of Pieces in orders?", scene(), thinking)
        plan = await mind.plan(task, scene(), thinking)
        written = await mind.write(task, plan.steps[0], scene(), thinking)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(written, namespace)  # what the model wrote of three rows
        stream = {"output_type": "stream", "name": "stdout", "text": out.getvalue()}
        cell = CellView(id="new", source=written, execution_count=2, outputs=(stream,))
        ran = Done(step="run", title="Run it", tool="run_cell", result=out.getvalue(), cell="new")
        answer = await mind.answer(task, scene(cell, done=(ran,)), thinking)

    assert task.action == "answer"
    assert [step.tool for step in plan.steps] == ["add_cell", "run_cell"]
    assert "57" in out.getvalue()
    assert "57" in answer
    assert any(isinstance(each, Spent) and each.output_tokens for each in told)
    assert mind.speeds.of("embedded/qwen2.5-coder-0.5b").writes > 0
