"""Recipes: whatever the task and the scene are, their steps can be done, and the ones that people expect come out."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumina_jupyter.agent.gears import GEARS
from lumina_jupyter.agent.plan import Plan
from lumina_jupyter.agent.recipes import recipe_plan
from lumina_jupyter.agent.scene import Scene
from lumina_jupyter.agent.task import Action, Task
from lumina_jupyter.agent.thinking.plan_checks import faults_of
from lumina_jupyter.agent.thinking.reflecting import mending_plan
from lumina_jupyter.context import NotebookView
from lumina_jupyter.errors import ToolDenied
from lumina_jupyter.tools import Tool

from .scenes import TOOLS, any_scene, any_task, code, error, scene, table
from .speaking import SMALL, Speaker, mind_of, thinking


@given(task=any_task(), there=any_scene(), gear=st.sampled_from(sorted(GEARS)))
@settings(max_examples=300)
def test_any_task_in_any_scene_has_a_plan_that_can_be_done(
    tools: dict[str, Tool], task: Task, there: Scene, gear: int
) -> None:
    for make in (recipe_plan, partial(mending_plan, faults=("It is wrong.",))):
        try:
            plan = make(task, scene=there, gear=GEARS[gear])
        except ToolDenied:
            assert set(there.tools) != set(TOOLS)
            continue
        assert faults_of(plan, there, GEARS[gear], lambda name, _notebook: tools[name]) == []
        assert all(step.title and step.expects for step in plan.steps)


FAILED = code("bad", "total = df['a'].sum()", error("KeyError", "'a'", "total = df['a'].sum()"))
DEFINES = code("def", "def area(w, h):\n    return w * h")
USES = code("use", "print(area(2, 3))")


def _plan(action: Action, words: str, there: Scene, **task: str) -> Plan:
    return recipe_plan(Task(words=words, action=action, **task), there, GEARS[3])  # type: ignore[arg-type]  # its kinds


def test_an_error_is_fixed_in_the_cell_that_has_it_and_the_cell_is_run() -> None:
    (step,) = _plan("fix", "Fix it", scene(FAILED, USES), target_kind="cell", target="bad").steps
    assert (step.tool, step.arguments["cell_id"], step.check.kind) == ("edit_cell", "bad", "runs")
    assert step.writes_to == "content"


def test_a_question_is_computed_run_and_answered_and_a_file_that_nobody_has_read_is_looked_at_first() -> None:
    plan = _plan("answer", "What is the mean of a in a.csv?", scene(files=("a.csv",)))
    assert [step.tool for step in plan.steps] == ["read_file", "add_cell", "run_cell"]
    assert plan.steps[0].arguments["path"] == "a.csv"
    below = replace(scene(files=("a.csv",)), notebook=NotebookView(path="deep/er/b.ipynb"))
    assert _plan("plot", "Plot a of a.csv", below).steps[0].arguments["path"] == "deep/er/a.csv"
    assert plan.steps[2].from_steps == {"cell_id": plan.steps[1].id}
    assert plan.answers
    loaded = scene(
        code("load", "df = pd.read_csv('a.csv')"), files=("a.csv",), variables=(table("df", ("a", "int64")),)
    )
    assert [step.tool for step in _plan("answer", "Mean of a in a.csv?", loaded).steps] == ["add_cell", "run_cell"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Make a table totals with a row for each city", "totals"),
        ("Load a.csv into a DataFrame called `raw_data`", "raw_data"),
        ("Collect the names in a list names_seen.", "names_seen"),
        ("Write a function area(w, h) that multiplies", "area"),
        ("Make a table of all rows that have a price, as a list sorted by price", ""),
        ("Write a function that adds two numbers with a list comprehension", ""),
    ],
)
def test_what_is_made_gets_the_name_that_the_words_give_it(words: str, name: str) -> None:
    write = next(step for step in _plan("write", words, scene()).steps if step.writes)
    assert (f"`{name}`" in write.writes) if name else ("`" not in write.writes)


@pytest.mark.parametrize(
    ("words", "comma"),
    [
        ("Turn prices like '1.234,50 €' into floats", True),
        ("Convert price (12,99 €) to numbers", True),
        ("Convert price, as in $1,234.50, to numbers", False),
        ("Convert price (1,234 EUR) to numbers", False),
    ],
)
def test_numbers_are_cleaned_as_they_are_written(words: str, comma: bool) -> None:
    write = next(step for step in _plan("clean", words, scene()).steps if step.writes)
    assert ("[^0-9,-]" in write.writes) is comma
    assert ("[^0-9.-]" in write.writes) is not comma


def test_stale_cells_are_looked_for_where_there_is_a_tool_that_knows_them() -> None:
    there = scene(code("a", "x = 1"))
    able = replace(there, tools=(*there.tools, "find_stale_cells"))
    (step,) = _plan("find", "Which cell was edited after it ran?", able).steps
    assert step.tool == "find_stale_cells"
    for words, others in (("Which cell was edited after it ran?", there), ("Which cell defines x?", able)):
        assert [each.tool for each in _plan("find", words, others).steps] == ["read_notebook"]


LOOP = code("loop", "out = []\nfor _, row in df.iterrows():\n    out.append(row.a * 2)")
TWICE = code("twice", "def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)")
ONCE = code("once", "def down(n):\n    return n and down(n - 1)")


@pytest.mark.parametrize(
    ("action", "words", "cell", "told"),
    [
        ("write", "Show a row for each city and a column for each year", "", "aggfunc='sum'"),
        ("write", "Pivot the mean price by city and year", "", "aggfunc='mean'"),
        ("write", "Join a and b; rows without a partner must be kept", "", "how='left'"),
        ("refactor", "Make the loop faster", "loop", "whole columns"),
        ("refactor", "fib is slow", "twice", "lru_cache"),
        ("refactor", "down is slow", "once", ""),
        ("refactor", "Simplify the loop", "loop", ""),
        ("write", "Join a and b on city", "", ""),
    ],
)
def test_how_usual_things_are_done_is_told(action: Action, words: str, cell: str, told: str) -> None:
    steps = _plan(action, words, scene(LOOP, TWICE, ONCE), target_kind="cell", target=cell).steps
    write = next(step.writes for step in steps if step.writes)
    hints = ("pivot_table", "how='left'", "whole columns", "lru_cache")
    assert told in write
    assert bool(told) == any(hint in write for hint in hints)


def test_a_plot_must_show_a_picture() -> None:
    assert _plan("plot", "Plot a", scene()).steps[-1].check.text == "image/png"


def test_what_depends_on_refactored_code_is_run_again() -> None:
    plan = _plan("refactor", "Refactor area", scene(DEFINES, USES, FAILED), target_kind="cell", target="def")
    (step,) = plan.steps
    assert (step.tool, step.arguments["cell_id"], step.check.kind, step.check.text) == (
        "edit_cell",
        "def",
        "same",
        "use",
    )


def test_there_are_no_more_steps_than_the_gear_allows() -> None:
    uses = [code(f"use-{number}", f"y{number} = area(1, {number})") for number in range(6)]
    task = Task(words="Rename area to surface", action="refactor")
    assert len(recipe_plan(task, scene(DEFINES, *uses), GEARS[3]).steps) == 7
    few = recipe_plan(task, scene(DEFINES, *uses), GEARS[5])
    assert len(few.steps) == GEARS[5].steps
    assert "no more steps" in few.note
    assert len(few.left_out) == 7 - GEARS[5].steps


def test_an_answer_in_a_form_is_checked_by_it() -> None:
    plan = _plan("answer", "What is it? Answer as @mean[value]", scene())
    assert (plan.steps[-1].check.kind, plan.steps[-1].check.text) == ("contains", "@mean[")


def test_an_explanation_changes_nothing_unless_a_cell_is_asked_for() -> None:
    assert _plan("explain", "Explain area", scene(DEFINES)).steps == ()
    (step,) = _plan(
        "explain", "Explain area in a markdown cell", scene(DEFINES), target_kind="cell", target="def"
    ).steps
    assert dict(step.arguments) == {"cell_type": "markdown", "cell_id": "def", "add_above": True}


def test_what_is_not_allowed_is_left_out_and_said() -> None:
    there = scene(tools=("add_cell", "read_notebook"))
    plan = _plan("write", "Write a function", there)
    assert [step.tool for step in plan.steps] == ["add_cell"]
    assert "run_cell is not allowed" in plan.note
    with pytest.raises(ToolDenied, match="edit_cell is not allowed"):
        _plan("fix", "Fix it", scene(FAILED, tools=()))
    assert _plan("answer", "How many?", scene(FAILED, tools=())).answers


@pytest.mark.parametrize("gear", [1, 3, 5])
def test_a_small_model_is_not_asked_for_a_plan(tools: dict[str, Tool], gear: int) -> None:
    mind = mind_of(Speaker(), tools)
    task = Task(words="Plot a histogram of x", action="plot")
    plan = asyncio.run(mind.plan(task, scene(), thinking(SMALL, gear)))
    assert [step.tool for step in plan.steps] == ["add_cell", "run_cell"]
