"""Tools that do wrong: each ends in a clear outcome, within its limits, and the server goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.tools import Content, ImageContent, JsonContent, Said, TextContent, ToolCall, ToolContext, declared
from lumina_jupyter.tools.results.untrusted import for_model

from .box import HERE, a_box


@pytest.mark.parametrize("end", [SystemExit(3), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError()])
async def test_a_tool_that_dies_takes_nothing_with_it(tmp_path: Path, end: BaseException) -> None:
    async def dies(*_given: Any) -> Any:
        raise end

    def dies_at_once(*_given: Any) -> Any:
        raise end

    async with a_box(tmp_path) as here:
        for number, (place, how) in enumerate(
            [("run", dies), ("target", dies), ("check", dies_at_once), ("target", dies_at_once), ("preview", dies)]
        ):
            effect: Any = "write" if place == "preview" else "read"
            parts: dict[str, Any] = {place: how}
            here.box.registry.add(here.world.tool(f"dies_{number}", effect, **parts))
            outcome = await here.call(f"dies_{number}")
            assert outcome.is_error, (place, how)
            assert outcome.error_code == "tool_failed", (place, outcome.text)
        if not isinstance(end, asyncio.CancelledError):  # which a function in a thread cannot raise

            def plain() -> str:
                """A function that is not async."""
                raise end

            here.box.registry.add(declared(plain, effects=["read"], source="package:x"))
            assert (await here.call("plain")).error_code == "tool_failed"
        assert (await here.call("look")).text


class Silent:
    def __repr__(self) -> str:
        raise RuntimeError("no words")


def _circle() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def _deep() -> list[Any]:
    found: list[Any] = []
    for _ in range(100_000):
        found = [found]
    return found


@pytest.mark.parametrize(
    "value",
    [
        "lone \ud800 surrogate",
        {"lone": "\udfff"},
        float("nan"),
        {("a", "tuple"): 1},
        b"\xff\xfe",
        Silent(),
        _circle(),
        _deep(),
        (TextContent(None),),  # type: ignore[arg-type]
        (ImageContent("image/png", None),),  # type: ignore[arg-type]
        (JsonContent({1, 2}), TextContent("\x00\x1b[31m")),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_is_no_json_is_text_or_a_clear_failure(tmp_path: Path, value: Any) -> None:
    async def run(_arguments: Mapping[str, Any], _context: ToolContext) -> Any:
        return value

    async with a_box(tmp_path) as here:
        here.box.registry.add(here.world.tool("strange", "read", run=run))
        outcome = await here.call("strange")
        # It can be told to people, to a model and to a database.
        told = json.dumps(asdict(outcome), ensure_ascii=False)
        assert told.encode()
        assert for_model("strange", outcome).encode()
        assert outcome.error_code in ("", "tool_failed")


async def test_a_tool_that_talks_without_end_is_heard_within_bounds(tmp_path: Path) -> None:
    async def run(_arguments: Mapping[str, Any], context: ToolContext) -> Content:
        for number in range(20_000):
            context.tell(f"line {number} " + "x" * 10_000)
        return (TextContent("done"),)

    async with a_box(tmp_path) as here:
        here.box.registry.add(here.world.tool("talks", "read", run=run))
        steps = [each async for each in here.box.watch(ToolCall("c", "talks"), HERE)]
        said = [each for each in steps if isinstance(each, Said)]
        assert len(said) <= 600
        assert max(len(each.text) for each in said) <= 500
        assert getattr(steps[-1], "text", "") == "done"
