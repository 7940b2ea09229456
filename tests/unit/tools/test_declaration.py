"""Functions become tools, and tools are found by name."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Any, Literal

import pytest

from lumina_jupyter.errors import InvalidArguments, InvalidSetting, UnknownTool
from lumina_jupyter.tools import JsonContent, Registry, TextContent, Tool, ToolContext, declared
from lumina_jupyter.tools.schema import check_by_schema

from .box import HERE, World


@dataclass
class Point:
    """A place."""

    x: int
    y: int = 0


def mark(
    where: Point,
    colour: Literal["red", "blue"] = "red",
    *names: str,
) -> None:
    """Takes what no tool can."""


def plot(points: list[Point], colour: Literal["red", "blue"] = "red", *, context: ToolContext) -> str:
    """Plot points.

    They are joined by lines.

    Args:
        points: The points, in the order in which
            they are joined.
        colour: The lines' colour.
        context: Whose call it is.

    Returns:
        What was plotted.
    """
    return f"{sum(point.x for point in points)} {colour} {context.notebook}"


def test_the_schema_comes_from_annotations_and_docstring() -> None:
    tool = declared(plot, effects=["read"])
    assert (tool.name, tool.title) == ("plot", "Plot")
    assert tool.description == "Plot points.\n\nThey are joined by lines."
    assert set(tool.parameters["properties"]) == {"points", "colour"}
    assert tool.parameters["required"] == ["points"]
    assert tool.parameters["additionalProperties"] is False
    assert (
        tool.parameters["properties"]["points"]["description"] == "The points, in the order in which they are joined."
    )
    assert tool.parameters["properties"]["colour"]["enum"] == ["red", "blue"]


async def test_arguments_arrive_as_what_the_function_takes() -> None:
    tool = declared(plot, effects=["read"])
    checked = tool.check({"points": [{"x": "1"}, {"x": 2, "y": 3}]})
    assert checked == {"points": [{"x": 1, "y": 0}, {"x": 2, "y": 3}], "colour": "red"}
    assert await tool.run(checked, HERE) == (TextContent("3 red a.ipynb"),)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({}, "`points` is missing"),
        ({"points": [{"x": "one"}]}, "`points.0.x`"),
        ({"points": [], "colour": "green"}, "`colour`"),
        ({"points": [], "context": {}}, "no argument `context`"),
        ({"points": "1"}, "`points`"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidArguments, match="Wrong arguments for plot") as raised:
        declared(plot, effects=["read"]).check(arguments)
    assert says in raised.value.message


def test_what_cannot_be_a_tool_is_refused() -> None:
    def unknown(value: NoSuchType) -> None:  # type: ignore[name-defined]  # noqa: F821 - that is the point
        """Takes what is not there."""

    def odd(value: asyncio.Event) -> None:
        """Takes what no JSON is."""

    for function, given in (
        (mark, {"effects": ["read"]}),
        (unknown, {"effects": ["read"]}),
        (odd, {"effects": ["read"]}),
        (plot, {"effects": []}),
        (plot, {"effects": ["fly"]}),
        (plot, {"effects": ["read"], "name": "two words"}),
        (plot, {"effects": ["read"], "name": "x" * 65}),
    ):
        with pytest.raises(InvalidSetting):
            declared(function, **given)  # wrong on purpose


async def test_parameters_may_be_called_as_anything() -> None:
    def awkward(model_dump: int, _hidden: int = 2, copy: int = 3, schema: int = 4) -> list[int]:
        """Take names that others use."""
        return [model_dump, _hidden, copy, schema]

    tool = declared(awkward, effects=["read"])
    assert await tool.run(tool.check({"model_dump": 1, "_hidden": 5}), HERE) == (JsonContent([1, 5, 3, 4]),)


def test_a_schema_is_checked_and_may_not_reach_elsewhere() -> None:
    check = check_by_schema("t", {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]})
    assert check({"n": 1}) == {"n": 1}
    for wrong in ({}, {"n": "1"}):
        with pytest.raises(InvalidArguments):
            check(wrong)
    for schema in (
        {"type": "array"},
        {"type": "nonsense"},
        {"properties": {"n": {"$ref": "http://evil.example/schema"}}},
        {"properties": {"n": {"$ref": "file:///etc/passwd"}}},
    ):
        with pytest.raises(InvalidSetting):
            check_by_schema("t", schema)


def test_names_belong_to_built_in_tools_first() -> None:
    world, registry = World(), Registry()
    registry.add(world.tool("look", "read", source="notebook:a.ipynb"))
    registry.add(world.tool("look", "read", source="mcp:s"))
    registry.add(world.tool("look", "read", source="package:p"))
    assert registry.get("look", "a.ipynb").source == "package:p"
    registry.add(world.tool("look", "read"))
    assert registry.get("look", "a.ipynb").source == "built-in"
    assert {trouble.source for trouble in registry.troubles()} == {"notebook:a.ipynb", "mcp:s", "package:p"}


def test_a_notebooks_tools_are_its_own() -> None:
    registry = Registry()
    registry.add(World().tool("mine", "read", source="notebook:a.ipynb"))
    assert registry.get("mine", "a.ipynb").name == "mine"
    for notebook in ("b.ipynb", ""):
        with pytest.raises(UnknownTool):
            registry.get("mine", notebook)
        assert registry.list(notebook) == []
    registry.move("a.ipynb", "b.ipynb")
    assert registry.get("mine", "b.ipynb").source == "notebook:b.ipynb"
    with pytest.raises(UnknownTool):
        registry.get("mine", "a.ipynb")
    registry.move("b.ipynb", "folder/b.ipynb")
    registry.move("folder", "moved")
    registry.move("mov", "wrong")
    assert registry.get("mine", "moved/b.ipynb").source == "notebook:moved/b.ipynb"


def test_a_source_is_replaced_as_a_whole_and_speaks_for_itself_alone() -> None:
    world, registry = World(), Registry()
    changes: list[int] = []
    stop = registry.watch(lambda: changes.append(len(registry.list())))
    registry.replace("mcp:s", [world.tool("one", "read", source="mcp:s"), world.tool("two", "read", source="mcp:s")])
    troubles = registry.replace(
        "mcp:s",
        [
            world.tool("three", "read", source="mcp:s"),
            world.tool("liar", "read", source="built-in"),
            world.tool("no name!", "read", source="mcp:s"),
        ],
    )
    assert [tool.name for tool in registry.list()] == ["three"]
    assert len(troubles) == 2
    assert registry.remove("three", "mcp:s")
    assert not registry.remove("three", "mcp:s")
    stop()
    registry.add(world.tool("four", "read", source="mcp:s"))
    assert changes == [2, 1, 0]


GOOD = declared(plot, effects=["read"])


def make() -> list[Tool]:
    return [World().tool("made", "read", source="built-in")]


def fail() -> list[Tool]:
    raise RuntimeError("broken package")


async def test_packages_bring_tools_and_a_broken_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    group = "lumina_jupyter.tools"
    points = [EntryPoint(name, f"{__name__}:{name}", group) for name in ("GOOD", "make", "fail", "missing")]
    monkeypatch.setattr("lumina_jupyter.tools.registry.entry_points", lambda **_named: points)
    registry = Registry()
    await asyncio.gather(registry.ready(), registry.ready())
    assert {tool.name: tool.source for tool in registry.list()} == {"plot": "package:GOOD", "made": "package:make"}
    assert {trouble.source for trouble in registry.troubles()} == {"package:fail", "package:missing"}
    registry.provide("built-in", fail)
    registry.provide("built-in", make)
    await registry.ready()
    assert registry.get("made").source == "built-in"
