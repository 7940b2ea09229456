"""What checkers of tests ask: whether they pass, and fail when what they test is broken."""

from __future__ import annotations

from collections.abc import Sequence

from .playing import Played
from .result import Result, require


def judge_tests(result: Result, cell_id: str, mutants: Sequence[str]) -> None:
    """Nothing when the new cells pass as things are, and notice each mutant of a cell.

    Raises:
        Wrong: when they do not.
    """
    result.keeps()
    require(not _red(result, result.play()), "the tests fail though nothing is wrong")
    for mutant in mutants:
        require(_red(result, result.attempt(sources={cell_id: mutant})), f"the tests do not notice: {mutant.strip()}")


def _red(result: Result, played: Played) -> bool:
    """Whether a new cell fails, or a test runner in it says so."""
    added = [cell.id for cell in result.added]
    if played.failure is not None:
        return played.failure.cell in added
    return any("FAILED" in played.text(each) for each in added)
