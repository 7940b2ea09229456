"""What words say without a model: the action, the target, how much there is to do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.agent.scene import Scene
from lumina_jupyter.agent.words import clues_of, complexity_of

from .scenes import any_scene, code, error, scene, table

PLAIN = """
fix: Fix the error | This cell fails, please fix it. | The file is not found. Look which file is there and fix the cell. | Debug cell 4 | Why does this cell not run? Make it work. | The function returns the wrong result. Correct it.
plot: Plot a histogram of age | Make a bar chart of total revenue per region | Draw a line chart of sales over time
clean: Keep only the newest row of each customer in df | Turn the days into datetimes | Convert the Price column to numbers | Fill missing ages with the median age | Drop duplicate rows from df
refactor: Refactor the last cell into a function mean_revenue(region) | Turn this cell into a function | This loop is too slow. Speed it up.
explain: Explain what the last cell does
test: Write tests for slugify | Add assertions that check parse_price
document: Add a docstring to area | Add a markdown heading above the first cell | Add comments to the code in the last cell
answer: Which region has the highest total revenue? | How many passengers survived? | Calculate the mean fare paid.
write: Create a function that reverses a string | Load data.csv into a DataFrame called df | Save the table to result.csv
change: Change the last cell so that it shows the mean instead of the sum | Make the plot in cell 3 red | Give the chart a title
run: Run all cells | Execute cell 3
find: Find the cell in which df is defined | The mean looks odd; which cell computes it? | List the files in this folder
"""
CASES = [
    (action, words.strip())
    for line in PLAIN.strip().splitlines()
    for action, _, all_words in [line.partition(":")]
    for words in all_words.split(" | ")
]


@pytest.mark.parametrize(("action", "words"), CASES)
def test_plain_words_need_no_model(action: str, words: str) -> None:
    clues = clues_of(words, scene())
    assert clues.actions[0] == action
    assert clues.certain


@given(words=st.text(max_size=300), there=any_scene())
def test_any_words_have_an_action_a_target_that_is_there_and_a_measure(words: str, there: Scene) -> None:
    clues = clues_of(words, there)
    assert clues.actions
    assert 0 <= clues.complexity <= 1
    if clues.target.kind == "cell":
        assert there.notebook.cell(clues.target.name) is not None
    if clues.target.kind == "variable":
        assert clues.target.name in {each.name for each in there.variables}


BROKEN = code("broken", "1/0", error("ZeroDivisionError", "division by zero", "1/0"))
FIRST, AREA = code("first-cell", "x = 1"), code("area-cell", "def area(w):\n    return w")


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ("Fix the error", "broken"),
        ("Fix area", "broken"),
        ("Explain area", "area-cell"),
        ("Explain the first cell", "first-cell"),
        ("Explain cell 2", "area-cell"),
        ("Explain @cell:#2", "area-cell"),
        ("Explain first-cell", "first-cell"),
        ("Add a docstring", "broken"),
        ("Change the cell above", "area-cell"),
        ("Cell 3 fails. Correct area() only", "area-cell"),
        ("The last cell fails because of area(); fix the function", "area-cell"),
    ],
)
def test_the_cell_that_is_meant(words: str, target: str) -> None:
    assert clues_of(words, scene(FIRST, AREA, BROKEN)).target.name == target


def test_what_is_done_to_a_function_of_the_notebook_is_a_change_of_its_cell() -> None:
    clues = clues_of("Make the height in area() a parameter", scene(FIRST, AREA, code("last-cell", "y = 2")))
    assert (clues.actions[0], clues.certain, clues.target.name) == ("change", True, "area-cell")
    assert clues_of("Make a function volume() for boxes", scene(FIRST, AREA)).actions[0] == "write"


def test_the_table_that_is_meant() -> None:
    there = scene(
        FIRST, variables=(table("a", ("x", "int64")), table("sales", ("Unit Price", "str"))), files=("d/log.csv",)
    )
    assert clues_of("Plot the unit price", there).target.name == "sales"
    assert clues_of("Plot a of @a", there).target.name == "a"
    assert clues_of("How many rows has log.csv?", there).target.name == "d/log.csv"


def test_more_parts_are_more_to_do() -> None:
    simple = complexity_of("Plot a histogram of age", scene())
    several = complexity_of("1. Load the data\n2. Then clean every column\n3. Finally compare all groups", scene())
    hard = complexity_of("Train and cross-validate a model, then optimise the pipeline, first for all cells", scene())
    assert simple < 0.12 < several
    assert hard > 0.4
