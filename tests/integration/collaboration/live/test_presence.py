"""An agent is seen where it works, and whose edits a notebook got is known."""

from __future__ import annotations

from typing import Any

from pycrdt import StickyIndex

from lumina_jupyter.collaboration import Author, Whole
from lumina_jupyter.collaboration.seats import AgentAtWork

from .conftest import NAME, Live, code


async def shared(live: Live) -> Any:
    """The room's document."""
    return await live.collaboration.get_document(
        path=NAME, content_type="notebook", file_format="json", copy=False, create=False
    )


def agents(document: Any) -> list[dict[str, Any]]:
    """What agents tell of themselves in the room."""
    return [state for state in document.awareness.states.values() if state and "lumina" in state]


async def test_an_agent_is_seen_in_the_cell_that_it_edits_and_in_no_other(live: Live) -> None:
    live.put(code("c0", "a = 1"), code("c1", "b = 1"))
    engine = await live.extension.service.engine()
    async with live.joined() as ada:
        notebook = await engine.notebooks.open(NAME)
        cell = await notebook.cell("c1")
        await notebook.edit(Author(run="r1", user="Ada"), "c1", cell.hash, Whole("b = 22"))
        document = await shared(live)
        (state,) = agents(document)
        assert state["user"]["display_name"] == "Lumina"
        assert state["autosave"] is False
        assert state["lumina"] == {
            "agent": True,
            "run": "r1",
            "user": "Ada",
            "cell": "c1",
            "doing": "editing",
            "elapsed": None,
            "execution": "",
            "status": "editing cell 2",
        }
        (cursor,) = state["cursors"]
        text = document.ycells[1]["source"]
        place = {key: value for key, value in cursor["head"].items() if value is not None}
        assert StickyIndex.from_json(place, text).get_index() == len("b = 22")
        assert engine.seats.of(notebook.key) == [
            AgentAtWork(name="Lumina", run="r1", user="Ada", cell="c1", doing="editing", elapsed=None, execution="")
        ]

        # The same one in another run is not in two places.
        await notebook.insert(Author(run="r2", user="Ada"), "c = 1", before="c0")
        await ada.until(lambda: [each["lumina"]["run"] for each in agents(document)] == ["r2"])
        assert [each.run for each in engine.seats.of(notebook.key)] == ["r2"]
        await engine.seats.close()
        assert agents(document) == []
        assert engine.seats.of(notebook.key) == []


async def test_those_who_edited_are_named_in_the_moment_that_has_their_edits(live: Live) -> None:
    live.put(code("c0", "a = 1"), code("c1", "b = 1"))
    engine = await live.extension.service.engine()
    async with live.joined() as ada:
        ada.type(0, "# typed\n")
        notebook = await engine.notebooks.open(NAME)
        document = await shared(live)
        await ada.until(lambda: "# typed" in str(document.ycells[0]["source"]))
        await notebook.insert(Author(run="r1"), "c = 1")
        await notebook.insert(Author(run="r2"), "d = 1")
        moments = await engine.history.moments(NAME)
        person, agent = (
            next(each.changed_by for each in moments if each.run == run and each.kind == "snapshot")
            for run in ("r1", "r2")
        )
        assert person.startswith("Anonymous ")
        assert agent == "Lumina"
