"""An agent's steps in a live room are undone around what participants did meanwhile."""

from __future__ import annotations

from lumina_jupyter.collaboration.document.author import Author

from .conftest import NAME, Live, code


async def test_what_was_typed_offline_into_a_cell_that_the_agent_deleted_comes_back_with_it(live: Live) -> None:
    live.put(code("c0", "a = 1\n"), code("c1", "b = 2\n"))
    engine = await live.extension.service.engine()
    async with live.joined() as ada, live.joined() as grace:
        notebook = await engine.notebooks.open(NAME)
        deleted = await notebook.cell("c0")
        assert notebook.live
        await notebook.insert(Author(run="r1", step=1), "c = 3\n", after="c1", id="c2")
        await ada.until(lambda: len(ada.texts) == 3)
        await ada.leave()
        await notebook.delete(Author(run="r1", step=2), "c0", deleted.hash)
        ada.type(ada.ids.index("c0"), "# typed on the train\n")
        grace.type(grace.ids.index("c1"), "# typed at the desk\n")
        await ada.join()
        await ada.until(lambda: ada.ids == ["c1", "c2"])
        await grace.until(lambda: grace.ids == ["c1", "c2"])
        await engine.undoing.undo(NAME, run="r1", step=2)
        first, second, third = "a = 1\n# typed on the train\n", "b = 2\n# typed at the desk\n", "c = 3\n"
        await ada.until(lambda: ada.texts == [first, second, third])
        await grace.until(lambda: grace.texts == [first, second, third])
        await engine.undoing.undo(NAME, run="r1")
        await grace.until(lambda: grace.texts == [first, second])
    assert {step.undone for step in await engine.undoing.steps(NAME)} == {True}
