"""Proposals over a notebook's file: kept outside of it, decided by hunk, cell and as a whole, and never against people."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nbformat
import pytest

from lumina_jupyter.collaboration.document.author import Author
from lumina_jupyter.collaboration.document.cell import Cell
from lumina_jupyter.collaboration.document.edits import Whole
from lumina_jupyter.collaboration.proposals.proposal import Draft, Origin, Proposal, Verdict
from lumina_jupyter.collaboration.proposals.proposals import Proposals
from lumina_jupyter.collaboration.replicas.notebooks import Notebooks
from lumina_jupyter.collaboration.replicas.places import DiskPlaces
from lumina_jupyter.errors import AlreadyDecided, CellChanged, CellGone, InvalidBody, NotFound, ProposalStale
from lumina_jupyter.storage import Database

PATH = "prices.ipynb"
LONG = "rate = 1\nbase = 2\ntax = 3\ntotal = 4"
LONGER = "rate = 10\nbase = 2\ntax = 3\ntotal = 40"
AGENT = Origin(run="run_1", author="Lumina", model="lab/m", reason="Make it ten times as much.")
PERSON = Author(run="person", name="Ana")


class Place:
    """A folder with one notebook, and the proposals for it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.told: list[str] = []
        self.notebooks = Notebooks(DiskPlaces(root))
        self.database = Database("", root / "data")
        self.proposals = Proposals(self.database, self.notebooks.open, self.told.append)

    def write(self, *sources: str) -> None:
        """Write the notebook, with cells `c0`, `c1`, …"""
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [nbformat.v4.new_code_cell(source, id=f"c{at}") for at, source in enumerate(sources)]
        nbformat.write(notebook, self.root / PATH)

    async def cells(self) -> list[Cell]:
        """The cells as they are."""
        return list((await (await self.notebooks.open(PATH)).read()).cells)

    async def sources(self) -> list[str]:
        """What the cells hold."""
        return [cell.source for cell in await self.cells()]

    async def edit(self, cell_id: str, text: str) -> None:
        """Change a cell as a person does."""
        document = await self.notebooks.open(PATH)
        await document.edit(PERSON, cell_id, (await document.cell(cell_id)).hash, Whole(text))

    async def propose(self, *drafts: Draft) -> Proposal:
        """Hand a proposal in."""
        return await self.proposals.propose(PATH, AGENT, drafts)

    async def decide(
        self, proposal: Proposal, word: str, cell: str = "", hunks: list[str] | None = None, by: str = "Ben"
    ) -> Proposal:
        """Accept or refuse something of it."""
        verdict = Verdict(accept=word == "accept", by=by, cell=cell, hunks=None if hunks is None else tuple(hunks))
        return await self.proposals.decide(proposal.id, PATH, verdict)


@asynccontextmanager
async def place_in(root: Path, *sources: str) -> AsyncIterator[Place]:
    """A place whose database is closed in the end."""
    place = Place(root)
    if sources:
        place.write(*sources)
    try:
        yield place
    finally:
        await place.database.close()


def edit_of(cell_id: str, before: str, after: str) -> Draft:
    """A draft that changes a cell's text."""
    return Draft(kind="edit", cell=cell_id, base_hash=Cell(id=cell_id, type="code", source=before).hash, source=after)


def hunk_ids(proposal: Proposal, cell: str = "c0") -> list[str]:
    """The ids of what is left to decide in a cell."""
    change = next(each for each in proposal.changes if each.cell == cell)
    return [hunk.id for hunk in change.hunks]


async def test_hunks_are_decided_one_by_one_and_who_did_it_is_known(tmp_path: Path) -> None:
    async with place_in(tmp_path, LONG, "untouched") as place:
        proposal = await place.propose(edit_of("c0", LONG, LONGER))
        first, second = hunk_ids(proposal)
        assert await place.sources() == [LONG, "untouched"]
        left = await place.decide(proposal, "accept", "c0", [first])
        assert await place.sources() == [LONG.replace("rate = 1", "rate = 10"), "untouched"]
        assert (left.state, hunk_ids(left)) == ("open", [second])
        done = await place.decide(left, "refuse", "c0", [second], by="Ana")
        assert await place.sources() == [LONG.replace("rate = 1", "rate = 10"), "untouched"]
        assert (done.state, [each.by for each in done.decisions]) == ("partly", ["Ben", "Ana"])
        assert await place.proposals.of_notebook(PATH) == []
        (kept,) = await place.proposals.of_notebook(PATH, decided=True)
        assert kept == done
        made = (await place.cells())[0].metadata["lumina"]
        assert (made["model"], made["reviewed_by"]) == ("lab/m", "Ben")
        assert "lumina" not in (await place.cells())[1].metadata


async def test_what_is_refused_leaves_no_trace(tmp_path: Path) -> None:
    async with place_in(tmp_path, LONG, "b") as place:
        before = (tmp_path / PATH).read_bytes()
        gone = Draft(kind="delete", cell="c1", base_hash=Cell(id="c1", type="code", source="b").hash)
        new = Draft(kind="insert", source="new = 1", after="c0")
        proposal = await place.propose(edit_of("c0", LONG, LONGER), gone, new)
        refused = await place.decide(proposal, "refuse")
        assert {each.state for each in refused.changes} == {refused.state} == {"refused"}
        assert (tmp_path / PATH).read_bytes() == before


async def test_a_whole_proposal_inserts_deletes_moves_and_edits(tmp_path: Path) -> None:
    async with place_in(tmp_path, "a = 1", "b = 2", "c = 3") as place:
        proposal = await place.propose(
            edit_of("c0", "a = 1", "a = 10"),
            Draft(kind="delete", cell="c1", base_hash=Cell(id="c1", type="code", source="b = 2").hash),
            Draft(kind="insert", cell="note", source="# Ends", cell_type="markdown", after="c2"),
            Draft(kind="insert", cell="more", source="after the note", after="note"),
            Draft(kind="insert", source="at the beginning"),
            Draft(kind="move", cell="c2", after=None),
        )
        done = await place.decide(proposal, "accept")
        assert done.state == "accepted"
        assert await place.sources() == ["c = 3", "at the beginning", "a = 10", "# Ends", "after the note"]
        assert [cell.type for cell in await place.cells()][3] == "markdown"
        assert place.told.count((await place.notebooks.open(PATH)).key) == 2


async def test_a_proposal_survives_a_restart(tmp_path: Path) -> None:
    async with place_in(tmp_path, LONG) as place:
        proposal = await place.propose(edit_of("c0", LONG, LONGER))
        await place.decide(proposal, "accept", "c0", hunk_ids(proposal)[:1])
    async with place_in(tmp_path) as place:
        (found,) = await place.proposals.of_notebook(PATH)
        assert len(hunk_ids(found)) == 1
        await place.decide(found, "accept")
        assert await place.sources() == [LONGER]


async def test_a_proposal_follows_what_people_type_elsewhere_in_the_cell(tmp_path: Path) -> None:
    async with place_in(tmp_path, LONG) as place:
        proposal = await place.propose(edit_of("c0", LONG, LONGER))
        await place.edit("c0", LONG.replace("base = 2", "base = 2\nmore = 5"))
        (seen,) = await place.proposals.of_notebook(PATH)
        assert hunk_ids(seen) == hunk_ids(proposal)
        await place.decide(seen, "accept", "c0", hunk_ids(proposal))
        assert await place.sources() == [LONGER.replace("base = 2", "base = 2\nmore = 5")]


async def test_a_stale_change_is_said_to_be_and_can_only_be_refused(tmp_path: Path) -> None:
    async with place_in(tmp_path, LONG, "b", "c") as place:
        gone = Draft(kind="delete", cell="c1", base_hash=Cell(id="c1", type="code", source="b").hash)
        await place.propose(edit_of("c0", LONG, LONGER), gone, edit_of("c2", "c", "cc"))
        await place.edit("c0", LONG.replace("rate = 1", "rate = 7"))
        await place.edit("c1", "b, and more")
        (seen,) = await place.proposals.of_notebook(PATH)
        assert [each.state for each in seen.changes] == ["stale", "stale", "open"]
        assert "same lines" in seen.changes[0].stale
        with pytest.raises(ProposalStale):
            await place.decide(seen, "accept", "c0")
        done = await place.decide(seen, "accept")
        assert await place.sources() == [LONG.replace("rate = 1", "rate = 7"), "b, and more", "cc"]
        assert (done.state, done.notice[:27]) == ("stale", "2 changes no longer fit and")
        with pytest.raises(ProposalStale):
            await place.decide(done, "accept")
        assert (await place.decide(done, "refuse")).state == "partly"
        assert await place.proposals.of_notebook(PATH) == []


async def test_a_deleted_cell_makes_its_change_stale_until_it_is_back(tmp_path: Path) -> None:
    async with place_in(tmp_path, LONG, "b") as place:
        proposal = await place.propose(edit_of("c0", LONG, LONGER), Draft(kind="insert", source="new", after="c0"))
        document = await place.notebooks.open(PATH)
        cell = await document.cell("c0")
        await document.delete(PERSON, "c0", cell.hash)
        (seen,) = await place.proposals.of_notebook(PATH)
        assert [each.state for each in seen.changes] == ["stale", "open"]
        assert seen.changes[1].after is None
        await document.insert(PERSON, LONG, id="c0", before="c1")
        (back,) = await place.proposals.of_notebook(PATH)
        assert {each.state for each in back.changes} == {"open"}
        await place.decide(proposal, "accept")
        assert await place.sources() == [LONGER, "new", "b"]


async def test_of_two_who_decide_at_once_the_second_learns_who_was_first(tmp_path: Path) -> None:
    async with place_in(tmp_path, LONG) as place:
        proposal = await place.propose(edit_of("c0", LONG, LONGER))
        first = hunk_ids(proposal)[:1]
        results = await asyncio.gather(
            place.decide(proposal, "accept", "c0", first, by="Ana"),
            place.decide(proposal, "refuse", "c0", first, by="Ben"),
            return_exceptions=True,
        )
        (lost,) = [each for each in results if isinstance(each, BaseException)]
        assert isinstance(lost, AlreadyDecided)
        assert lost.message.startswith("Ana accepted this at ")
        await place.decide(proposal, "refuse", "c0", hunk_ids(proposal)[1:])
        with pytest.raises(AlreadyDecided):
            await place.decide(proposal, "accept")
        assert await place.sources() == [LONG.replace("rate = 1", "rate = 10")]


async def test_what_was_written_before_a_crash_is_not_written_again(tmp_path: Path) -> None:
    """The server died between the notebook's change and its record: the proposal is found as it was before."""
    async with place_in(tmp_path, LONG) as place:
        new = Draft(kind="insert", cell="new1", source="new", after="c0")
        proposal = await place.propose(edit_of("c0", LONG, LONGER), new)
        await place.edit("c0", LONG.replace("rate = 1", "rate = 10"))
        await (await place.notebooks.open(PATH)).insert(PERSON, "new", after="c0", id="new1")
        (seen,) = await place.proposals.of_notebook(PATH)
        assert len(hunk_ids(seen)) == 1
        assert (await place.decide(seen, "accept")).state == "accepted"
        assert await place.sources() == [LONGER, "new"]
        assert proposal.id == seen.id


async def test_a_proposal_for_what_its_author_did_not_read_is_refused(tmp_path: Path) -> None:
    async with place_in(tmp_path, LONG) as place:
        with pytest.raises(CellChanged) as error:
            await place.propose(edit_of("c0", "an older text", LONGER))
        assert error.value.source == LONG
        with pytest.raises(CellGone):
            await place.propose(edit_of("gone", LONG, LONGER))
        for drafts in (
            [],
            [edit_of("c0", LONG, LONG)],
            [edit_of("c0", LONG, LONGER)] * 2,
            [Draft(kind="insert", source="x", after="nowhere")],
        ):
            with pytest.raises(InvalidBody):
                await place.propose(*drafts)
        assert await place.proposals.of_notebook(PATH, decided=True) == []


async def test_a_proposal_belongs_to_its_notebook(tmp_path: Path) -> None:
    async with place_in(tmp_path, LONG) as place:
        proposal = await place.propose(edit_of("c0", LONG, LONGER))
        (tmp_path / "other.ipynb").write_bytes((tmp_path / PATH).read_bytes())
        assert await place.proposals.of_notebook("other.ipynb") == []
        with pytest.raises(NotFound):
            await place.proposals.decide(proposal.id, "other.ipynb", Verdict(accept=True, by="Ana"))
        with pytest.raises(InvalidBody):
            await place.decide(proposal, "accept", hunks=hunk_ids(proposal))
        with pytest.raises(InvalidBody):
            await place.decide(proposal, "accept", "elsewhere")
        assert json.loads((tmp_path / PATH).read_text())["cells"][0]["source"] == LONG.splitlines(keepends=True)
