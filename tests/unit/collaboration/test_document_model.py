"""Any sequence of writes, by agents that know older states and other programs in between: what a plain list would hold."""

from __future__ import annotations

import asyncio
import copy
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lumina_jupyter.collaboration import Author, Cell, ChangedOnDisk, FileState, NotebookDocument, Whole
from lumina_jupyter.collaboration.document.repair import repaired
from lumina_jupyter.collaboration.replicas.file_replica import FileReplica
from lumina_jupyter.errors import CellChanged, CellGone, EditDoesNotFit, LuminaError

from .notebooks import TEXTS, THOROUGH, Content

AGENTS = (Author(run="one", model="lab/m"), Author(run="two"))


class MemoryFile:
    """A file that other programs can write at any moment."""

    path = "a.ipynb"
    key = "key"
    other_key = ""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.stamp = 0
        self.before_write: Content | None = None

    def put(self, content: Content) -> None:
        self.content = copy.deepcopy(content)
        self.stamp += 1

    async def read(self, known: object | None) -> FileState | None:
        return None if known == self.stamp else FileState(repaired(self.content, self.path), self.stamp)

    def turn(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    async def write(self, content: Content, known: object | None) -> object | None:
        if self.before_write is not None:
            self.put(self.before_write)
            self.before_write = None
        if known != self.stamp:
            raise ChangedOnDisk
        self.put(content)
        return self.stamp


STEPS = st.tuples(
    st.sampled_from(
        ["insert", "insert", "edit", "edit", "delete", "move", "split", "merge", "type", "foreign", "read"]
    ),
    st.integers(0, 1),
    st.integers(0, 9),
    st.integers(0, 9),
    TEXTS,
)


def content_of(cells: list[tuple[str, str, str]]) -> Content:
    made: list[Content] = []
    for cell_id, type_, source in cells:
        cell: Content = {"id": cell_id, "cell_type": type_, "source": source, "metadata": {}}
        made.append({**cell, "outputs": [], "execution_count": None} if type_ == "code" else cell)
    return {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@settings(THOROUGH, max_examples=80)
@given(st.lists(STEPS, max_size=15))
def test_every_sequence_of_writes_leaves_what_a_plain_list_holds(steps: list[Any]) -> None:
    asyncio.run(_run(steps))


async def _run(steps: list[Any]) -> None:
    model: list[tuple[str, str, str]] = [("a", "code", "x = 1\ny = 2"), ("b", "markdown", "# hi")]
    file = MemoryFile(content_of(model))
    document = NotebookDocument(FileReplica(file))
    known = [(await document.read()).cells for _agent in AGENTS]
    for step in steps:
        name, agent, first, second, text = step
        if name == "read":
            known[agent] = (await document.read()).cells
        elif name == "foreign":
            model = [
                *model[: first % (len(model) + 1)],
                (f"f{file.stamp}", "code", text),
                *model[first % (len(model) + 1) :],
            ]
            file.put(content_of(model))
        else:
            await _write(document, model, name, AGENTS[agent], known[agent], first, second, text)
        found = [(cell.id, cell.type, cell.source) for cell in (await document.read()).cells]
        assert found == model
        on_disk = [(cell["id"], cell["cell_type"], cell["source"]) for cell in file.content["cells"]]
        assert on_disk == model


async def _write(
    document: NotebookDocument,
    model: list[tuple[str, str, str]],
    name: str,
    author: Author,
    known: tuple[Cell, ...],
    first: int,
    second: int,
    text: str,
) -> None:
    """One write by an agent that knows the cells as they were, done to the model, too, where it is allowed."""
    if name == "insert":
        after = known[first % len(known)].id if known and second else None
        try:
            cell = await document.insert(author, text, after=after)
        except CellGone:
            assert after not in _ids(model)
            return
        model.insert(len(model) if after is None else _ids(model).index(after) + 1, (cell.id, "code", text))
        return
    if not known:
        return
    cell = known[first % len(known)]
    other = known[second % len(known)]
    now = {cell_id: (type_, source) for cell_id, type_, source in model}
    stale = [
        each for each in ((cell, other) if name == "merge" else (cell,)) if now.get(each.id) != (each.type, each.source)
    ]
    refusal: LuminaError | None = None
    try:
        await _written(document, model, name, author, cell, other, second, text)
    except (CellGone, CellChanged, EditDoesNotFit) as error:
        refusal = error
    if isinstance(refusal, CellChanged):
        assert stale
        assert now[refusal.cell_id][1] == refusal.source
    elif isinstance(refusal, CellGone):
        assert cell.id not in now or other.id not in now
    elif isinstance(refusal, EditDoesNotFit):
        assert cell.id == other.id or now[cell.id][0] != now[other.id][0]
    else:
        assert not stale


async def _written(
    document: NotebookDocument,
    model: list[tuple[str, str, str]],
    name: str,
    author: Author,
    cell: Cell,
    other: Cell,
    second: int,
    text: str,
) -> None:
    if name == "edit":
        await document.edit(author, cell.id, cell.hash, Whole(text))
        model[_ids(model).index(cell.id)] = (cell.id, cell.type, text)
    elif name == "delete":
        await document.delete(author, cell.id, cell.hash)
        del model[_ids(model).index(cell.id)]
    elif name == "move":
        await document.move(author, cell.id, cell.hash, before=other.id)
        moved = model.pop(_ids(model).index(cell.id))
        model.insert(_ids(model).index(other.id), moved)
    elif name == "split":
        at = second % (len(cell.source) + 1)
        head, tail = await document.split(author, cell.id, cell.hash, character=at)
        index = _ids(model).index(cell.id)
        model[index : index + 1] = [(head.id, cell.type, cell.source[:at]), (tail.id, cell.type, cell.source[at:])]
    elif name == "merge":
        await document.merge(author, [(cell.id, cell.hash), (other.id, other.hash)])
        one, two = sorted((cell, other), key=lambda each: _ids(model).index(each.id))
        model[_ids(model).index(one.id)] = (one.id, one.type, f"{one.source}\n\n{two.source}")
        del model[_ids(model).index(two.id)]
    else:
        type_: Any = ("code", "markdown", "raw")[second % 3]
        await document.change_type(author, cell.id, cell.hash, type_)
        model[_ids(model).index(cell.id)] = (cell.id, type_, cell.source)


def _ids(model: list[tuple[str, str, str]]) -> list[str]:
    return [cell_id for cell_id, _type, _source in model]


@settings(THOROUGH, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 5), TEXTS, TEXTS), min_size=1, max_size=6))
def test_a_program_that_writes_between_our_look_and_our_write_loses_nothing(steps: list[tuple[int, str, str]]) -> None:
    async def run() -> None:
        file = MemoryFile(content_of([("a", "code", "start")]))
        document = NotebookDocument(FileReplica(file))
        await document.read()
        expected = {"a": "start"}
        for number, (at, theirs, ours) in enumerate(steps):
            await document.read()
            content = copy.deepcopy(file.content)
            content["cells"].insert(at, content_of([(f"t{number}", "markdown", theirs)])["cells"][0])
            file.before_write = content
            made = await document.insert(AGENTS[0], ours)
            expected |= {f"t{number}": theirs, made.id: ours}
            found = {cell.id: cell.source for cell in (await document.read()).cells}
            assert found == expected
            assert {cell["id"]: cell["source"] for cell in file.content["cells"]} == expected

    asyncio.run(run())
