"""Assertions about a function on texts."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result
from ..testing import judge_tests

_SLUG = """
def slug(title):
    return "-".join(title.lower().split())
"""


def check(result: Result) -> None:
    """Capitals, spaces and the empty text are tested."""
    mutants = (
        _SLUG.replace(".lower()", ""),
        _SLUG.replace('"-"', '"_"'),
        _SLUG.replace('"-".join(title.lower().split())', '"-".join(title.lower().split()) or "-"'),
    )
    judge_tests(result, "slug-cell", mutants)


TASK = NotebookTask(
    words="Write assert statements in a new cell that test slug() with capital letters, with spaces and with an empty text.",
    cells=(code("slug-cell", _SLUG), code("use-cell", 'slug("Hello Big World")')),
    check=check,
    reference=Change(
        adds=('assert slug("Hello") == "hello"\nassert slug("a b  c") == "a-b-c"\nassert slug("") == ""',)
    ),
    cheats=(
        Change(adds=("assert True",)),
        Change(adds=('assert slug("Hello Big World")',)),
        Change(adds=("def test_slug():\n    assert slug('A') == 'a'",)),
        Change(adds=("assert False",)),
    ),
    shows=("@cell:slug-cell",),
)
