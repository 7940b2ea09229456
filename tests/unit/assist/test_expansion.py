"""A question that names a command is put into words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lumina_jupyter.assist import Assist, command_infos
from lumina_jupyter.context import NotebookView, Selection
from lumina_jupyter.errors import InvalidOption, LuminaError, NoModelAvailable, UnknownName
from lumina_jupyter.gateway.requests import ImagePart, TextPart
from lumina_jupyter.memory import Question

from .views import ERROR, cell, notebook

VIEW = notebook(
    cell("load", "import pandas as pd", count=1),
    cell("fails", "a = 1\na / 0", ERROR, count=2),
    cell("last", "total = 3", count=3),
    cell("text", "# A title", kind="markdown"),
    active="last",
)


def ask(text: str, *, command: str = "", view: NotebookView | None = VIEW, model: str = "lab/m") -> Question:
    return Question(prompt=(TextPart(text),), command=command, view=view, model=model)


async def default_model() -> str:
    return "embedded/qwen2.5-coder-0.5b"


async def no_notebook(path: str) -> NotebookView | None:
    return None


async def words(text: str, *, command: str = "", view: NotebookView | None = VIEW) -> str:
    return (await Assist(default_model, no_notebook).expand(ask(text, command=command, view=view))).text


async def test_a_question_without_a_command_stays_as_it_is() -> None:
    for text in ("What is a z-score?", "/usr/bin is a folder", "/fixed", "see /fix", ""):
        question = ask(text)
        assert await Assist(default_model, no_notebook).expand(question) is question


async def test_a_command_means_the_active_cell() -> None:
    assert "total = 3" in await words("/explain")
    assert "total = 3" in await words("", command="explain")
    assert "import pandas" not in await words("/explain")


async def test_fix_means_the_last_cell_that_failed_unless_the_active_one_did() -> None:
    assert "a / 0" in await words("/fix")
    both = replace(VIEW, cells=(*VIEW.cells, cell("other", "b / 0", ERROR, count=9)), active_cell="fails-0001")
    assert "a / 0" in await words("/fix", view=both)
    assert "b / 0" in await words("/fix", view=replace(both, active_cell="last-0001"))


async def test_a_leading_mention_names_the_cell_and_leaves_the_rest() -> None:
    for mention in ("@cell:#1", "@cell:load", "@cell:load-0001"):
        text = await words(f"/edit {mention} import polars, like @cell:#3")
        assert "import pandas as pd" in text
        assert "import polars, like @cell:#3" in text
        assert mention not in text
    assert "total = 3" in await words("/edit @cell shorter")
    assert "@cells" in await words("/edit @cells shorter")


async def test_without_a_view_the_notebook_is_looked_at() -> None:
    own = cell("ask", "%%lumina\n/explain", ERROR, count=9)

    async def saved(path: str) -> NotebookView | None:
        return replace(VIEW, cells=(*VIEW.cells, own), active_cell="") if path == "a.ipynb" else None

    assist = Assist(default_model, saved)
    asked = replace(ask("/explain", view=None), notebook="a.ipynb")
    assert "total = 3" in (await assist.expand(asked)).text
    with pytest.raises(UnknownName):
        await assist.expand(replace(asked, notebook="b.ipynb"))


async def test_the_error_and_the_selection_are_told() -> None:
    fixed = await words("/fix")
    assert "ZeroDivisionError: division by zero" in fixed
    assert "\x1b" not in fixed
    selected = replace(VIEW, selection=Selection(text="total", cell_id="last-0001"))
    assert "only this part of it:\n\n```python\ntotal\n```" in await words("/edit rename it", view=selected)
    elsewhere = replace(VIEW, selection=Selection(text="total", cell_id="load-0001"))
    assert "only this part" not in await words("/edit rename it", view=elsewhere)


async def test_a_fence_is_longer_than_those_in_the_code() -> None:
    view = notebook(cell("doc", 'text = """\n```\ncode\n```\n"""'), active="doc")
    assert "````python\ntext" in await words("/explain", view=view)


async def test_a_markdown_cell_is_edited_as_text() -> None:
    text = await words("/edit say more", view=replace(VIEW, active_cell="text-0001"))
    assert text.startswith("Change this Markdown text.")
    assert "```markdown\n# A title" in text


async def test_pictures_and_everything_else_stay() -> None:
    picture = ImagePart(media_type="image/png", data="aGk=")
    question = replace(ask("/explain"), prompt=(TextPart("/explain"), picture), notebook="a.ipynb")
    expanded = await Assist(default_model, no_notebook).expand(question)
    assert expanded.prompt[1:] == (picture,)
    assert expanded.command == "explain"
    assert replace(expanded, prompt=question.prompt, command="") == question


async def test_an_embedded_model_does_not_guess_and_comes_to_an_end() -> None:
    assist = Assist(default_model, no_notebook)
    for model, embedded in (("lab/m", False), ("embedded/x", True), ("", True)):
        expanded = await assist.expand(ask("/explain", model=model))
        assert (expanded.temperature == 0.0) is embedded
        assert (expanded.max_tokens is not None) is embedded
    told = await assist.expand(replace(ask("/explain", model=""), temperature=0.7, max_tokens=5))
    assert (told.temperature, told.max_tokens) == (0.7, 5)


async def test_where_nothing_can_answer_the_gateway_says_so() -> None:
    async def none() -> str:
        raise NoModelAvailable("There is no model.")

    assert (await Assist(none, no_notebook).expand(ask("/explain", model=""))).temperature is None


@pytest.mark.parametrize(
    ("text", "command", "view", "error", "says"),
    [
        ("", "fxi", VIEW, InvalidOption, "Did you mean /fix?"),
        ("/edit", "", VIEW, InvalidOption, "/edit what to change"),
        ("/edit @cell:#1", "", VIEW, InvalidOption, "/edit what to change"),
        ("/fix", "", notebook(cell("a", "x = 1"), active="a"), UnknownName, "No cell shows an error"),
        ("/fix @cell:#1", "", VIEW, UnknownName, "No cell shows an error"),
        ("/explain @cell:#9", "", VIEW, UnknownName, "There is no cell #9"),
        ("/explain", "", notebook(cell("a", " ")), UnknownName, "Choose a cell that is not empty"),
        ("/explain", "", None, UnknownName, "Choose a cell"),
    ],
)
async def test_what_cannot_be_meant_is_said(
    text: str, command: str, view: NotebookView | None, error: type[LuminaError], says: str
) -> None:
    with pytest.raises(error) as raised:
        await words(text, command=command, view=view)
    assert says in str(raised.value)


async def test_what_is_wrong_can_be_said_where_no_cell_failed() -> None:
    view = notebook(cell("a", "x = 1", count=1), active="a")
    assert "it should be two" in await words("/fix it should be two", view=view)


async def test_every_command_words_every_kind_of_cell() -> None:
    view = replace(VIEW, cells=tuple(replace(each, outputs=(ERROR,)) for each in VIEW.cells))
    for info in command_infos():
        for each in view.cells:
            text = await words("do this", command=info.name, view=replace(view, active_cell=each.id))
            assert each.source in text, info.name
            assert "do this" in text, info.name
