"""What a suggestion knows of a kernel's variables, and of a notebook's policy: what was seen before, and never waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from lumina_jupyter.assist.ghost_text import CellText, GhostTextRequest, NotebookPolicies, Variables
from lumina_jupyter.assist.ghost_text.variables import line_of, names_around
from lumina_jupyter.context import NotebookView
from lumina_jupyter.context.kernel import Budget, ColumnSummary, Seen, VariableSummary

_FRAME = VariableSummary(
    name="df",
    type="pandas.DataFrame",
    shape=(3, 2),
    columns=(ColumnSummary(name="city", type="str"), ColumnSummary(name="sales", type="int64")),
    columns_total=2,
    text="df holds Rome",
)


class Sight:
    """A kernel that has a frame."""

    def __init__(self) -> None:
        self.looks: list[tuple[tuple[str, ...], str]] = []
        self.may_answer = asyncio.Event()

    async def look(self, kernel_id: str, names: Sequence[str], *, policy: str, budget: Budget | None) -> Seen:
        self.looks.append((tuple(names), policy))
        await self.may_answer.wait()
        return Seen(variables=(_FRAME, VariableSummary(name="n", type="int", text="n = 3")))


async def test_a_kernel_is_never_waited_for() -> None:
    sight = Sight()
    variables = Variables(sight)
    request = GhostTextRequest(prefix="df.head()\ndf.", kernel_id="k")
    assert variables.lines(request) == []
    await asyncio.sleep(0)
    assert sight.looks == [(("df",), "schema-only")]
    sight.may_answer.set()
    for _ in range(3):
        await asyncio.sleep(0)
    assert variables.lines(request) == ["df: DataFrame 3 x 2 with columns city str, sales int64"]
    assert len(sight.looks) == 1
    await variables.close()


async def test_a_policy_that_shows_no_variables_looks_at_none() -> None:
    sight = Sight()
    request = GhostTextRequest(prefix="df\n", kernel_id="k", policy={"variables": "off"})
    assert Variables(sight).lines(request) == ()
    await asyncio.sleep(0)
    assert sight.looks == []


def test_only_names_above_the_line_are_looked_at() -> None:
    cells = (CellText(source="import os"), CellText(source="a.b = c"), CellText(source="words", kind="markdown"))
    request = GhostTextRequest(prefix="x = frame\ny = oth", before=cells)
    assert names_around(request) == ["a", "c", "frame", "os", "x"]


def test_plain_values_and_secrets_have_no_line() -> None:
    assert line_of(VariableSummary(name="n", type="int", text="n = 3")) == ""
    assert line_of(VariableSummary(name="token", type="numpy.ndarray", shape=(3,), hidden=True)) == ""
    assert line_of(VariableSummary(name="x", type="numpy.ndarray", shape=(3, 4))) == "x: ndarray 3 x 4"


async def test_a_policy_is_read_once_for_many_keys() -> None:
    reads: list[str] = []

    async def view(path: str) -> NotebookView | None:
        reads.append(path)
        return NotebookView(path=path, policy={"ghost_text": False}) if path == "a.ipynb" else None

    policies = NotebookPolicies(view)
    answers = [await policies.of("a.ipynb") for _ in range(5)]
    assert answers == [{"ghost_text": False}] * 5
    assert await policies.of("b.ipynb") == {}
    assert await policies.of("c.py") == {}
    assert reads == ["a.ipynb", "b.ipynb"]


async def test_a_policy_that_cannot_be_read_forbids() -> None:
    async def view(path: str) -> NotebookView | None:
        raise OSError(path)

    assert await NotebookPolicies(view).of("a.ipynb") == {"ghost_text": False}
