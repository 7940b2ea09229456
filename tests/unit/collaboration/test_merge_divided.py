"""A cell that one side divided or joined while the other one edited it: every text is there once, with its edits."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.collaboration.merging.merge import merge

from .notebooks import THOROUGH, Content
from .test_merge import code, ids, notebook, sources

TEXT = "import pandas as pd\ndf = pd.read_csv('a.csv')\ndf.describe()\n"
FIRST, LAST = TEXT[:20], TEXT[20:]


def both_ways(base: Content | None, one: Content, other: Content) -> list[tuple[str, list[str]]]:
    """The ids and texts, whichever side is ours."""
    found = [merge(base, one, other), merge(base, other, one)]
    return [(ids(merged), sources(merged)) for merged in found]


@pytest.mark.parametrize("known", [True, False], ids=["base", "no base"])
class TestDivided:
    def test_the_other_side_goes_on_in_the_part_that_went(self, known: bool) -> None:
        base = notebook(code("a", TEXT), code("b", "1 + 1"))
        divided = notebook(code("a", FIRST), code("n", LAST), code("b", "1 + 1"))
        edited = notebook(code("a", TEXT.replace("a.csv", "sales.csv")), code("b", "1 + 1"))
        expected = ("anb", [FIRST, LAST.replace("a.csv", "sales.csv"), "1 + 1"])
        found = both_ways(base if known else None, divided, edited)
        if known:
            assert found == [expected, expected]
        for cells, texts in found:
            assert cells == "anb"
            assert [sum(text.count(word) for text in texts) for word in ("pandas", "describe", "sales", "1")] == [
                1
            ] * 3 + [2]

    def test_as_jupyterlab_does_it_with_the_new_cell_in_front(self, known: bool) -> None:
        base = notebook(code("a", TEXT))
        divided = notebook(code("n", FIRST), code("a", LAST))
        edited = notebook(code("a", "# all of it\n" + TEXT + "df.plot()\n"))
        found = both_ways(base if known else None, divided, edited)
        assert found == [("na", ["# all of it\n" + FIRST, LAST + "df.plot()\n"])] * 2


class TestJoined:
    def test_the_other_side_goes_on_in_the_cell_that_is_gone(self) -> None:
        base = notebook(code("a", FIRST), code("b", LAST))
        joined = notebook(code("a", FIRST + "\n" + LAST))
        edited = notebook(code("a", FIRST), code("b", LAST.replace("a.csv", "sales.csv")))
        expected = ("a", [FIRST + "\n" + LAST.replace("a.csv", "sales.csv")])
        assert both_ways(base, joined, edited) == [expected, expected]

    def test_without_a_base_it_is_not_joined(self) -> None:
        joined = notebook(code("a", FIRST + "\n" + LAST))
        edited = notebook(code("a", FIRST), code("b", LAST + "df.plot()\n"))
        for _, texts in both_ways(None, joined, edited):
            assert [sum(text.count(word) for text in texts) for word in ("pandas", "describe", "plot")] == [1] * 3

    def test_what_it_has_put_out_and_says_of_itself_stays(self) -> None:
        output = {"output_type": "stream", "name": "stdout", "text": "7"}
        base = notebook(code("a", FIRST), code("b", LAST, outputs=[output]))
        joined = notebook(code("a", FIRST + "\n" + LAST, outputs=[output]))
        edited = notebook(code("a", FIRST, metadata={"tags": ["t"]}), code("b", LAST + "df.plot()\n", outputs=[output]))
        (cell,) = merge(base, joined, edited).content["cells"]
        assert (cell["outputs"], cell["metadata"]) == ([output], {"tags": ["t"]})


def test_a_new_cell_that_only_looks_like_an_old_one_takes_nothing_from_it() -> None:
    base = notebook(code("a", TEXT))
    ours = notebook(code("a", TEXT), code("n", TEXT))
    theirs = notebook(code("a", TEXT + "df.plot()\n"))
    assert both_ways(base, ours, theirs) == [("an", [TEXT + "df.plot()\n", TEXT])] * 2


LETTERS = [chr(0x4E00 + number) for number in range(40)]


@THOROUGH
@given(st.data())
def test_wherever_it_is_divided_or_joined_each_character_is_there_once(data: st.DataObject) -> None:
    """Both sides type into all of it meanwhile; where no base is known, less than there was."""
    is_joined, known = data.draw(st.booleans()), data.draw(st.booleans())
    least, most = (1, 3) if known else (2, 1)
    text = "".join(LETTERS[: data.draw(st.integers(2 * least, 12))])
    place = data.draw(st.integers(least, len(text) - least))
    one, two = code("a", text), [code("a", text[:place]), code("b", text[place:])]
    base: Any = notebook(*(two if is_joined else [one]))
    new = iter(LETTERS[20:])

    def typed(cells: list[Content]) -> Content:
        for at in data.draw(st.lists(st.integers(0, len(cells) - 1), max_size=most)):
            source = cells[at]["source"]
            where = data.draw(st.integers(0, len(source)))
            cells[at] = {**cells[at], "source": source[:where] + next(new) + source[where:]}
        return notebook(*cells)

    sides = [typed([one]), typed(two)]
    written = set("".join(cell["source"] for side in sides for cell in side["cells"]))
    for ours, theirs in (sides, reversed(sides)):
        merged = merge(base if known else None, ours, theirs)
        assert Counter("".join(sources(merged))) == Counter(written)
