"""A notebook gets a heading that says what it does."""

from __future__ import annotations

import re

from ..notebook_task import Change, NotebookTask, code, markdown
from ..result import Result, require

_CONVERT = "celsius = [12.0, 18.5, 31.0]\nfahrenheit = [c * 9 / 5 + 32 for c in celsius]"


def check(result: Result) -> None:
    """The first cell is Markdown, begins with a heading and speaks of what is converted."""
    result.keeps()
    first = result.cells[0]
    require(first.kind == "markdown", "the first cell is no Markdown")
    require(re.match(r"#{1,3} \S", first.source.strip()), "the first cell does not begin with a heading")
    for word in ("celsius|°c", "fahrenheit|°f"):
        require(re.search(word, first.source.lower()), f"it does not speak of {word}")
    require(
        not re.search(r"fahrenheit\b[^.\n]{0,60}\bto\b[^.\n]{0,60}celsius", first.source.lower()),
        "it is the other way round",
    )
    require("def " not in first.source and len(first.source.strip().splitlines()) <= 25, "it is not a description")
    require("c * 9" not in first.source, "it repeats the code")


TASK = NotebookTask(
    words="Add a Markdown cell at the very top: a heading, and a sentence or two about what this notebook does.",
    cells=(code("convert-cell", _CONVERT), code("hot-cell", "hot = [f for f in fahrenheit if f > 80]\nhot")),
    paste="heading",
    check=check,
    reference=Change(
        first=(markdown("top", "# From Celsius to Fahrenheit\n\nConverts temperatures and keeps the hot ones."),)
    ),
    cheats=(
        Change(first=(code("top", "# Converts Celsius to Fahrenheit"),)),
        Change(first=(markdown("top", "# My notebook"),)),
        Change(first=(markdown("top", "# Temperatures\n\nConverts Fahrenheit to Celsius."),)),
        Change(adds=(markdown("end", "# Celsius to Fahrenheit"),)),
    ),
)
