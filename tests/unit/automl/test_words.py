"""Numbers in sentences are written alike wherever AutoML writes them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import lumina_jupyter
from lumina_jupyter.automl.words import counted, percent


@pytest.mark.parametrize(
    ("number", "thing", "written"),
    [
        (1, "category", "1 category"),
        (2, "category", "2 categories"),
        (2, "boolean", "2 booleans"),
        (3, "day", "3 days"),
        (2_000, "row", "2,000 rows"),
    ],
)
def test_things_are_counted_as_people_say_it(number: int, thing: str, written: str) -> None:
    assert counted(number, thing) == written


@pytest.mark.parametrize(
    ("share", "digits", "written"),
    [
        (0.0, 0, "0 %"),
        (0.12, 0, "12 %"),
        (1.0, 0, "100 %"),
        (0.004, 0, "<1 %"),
        (0.004, 1, "0.4 %"),
        (0.708, 1, "70.8 %"),
        (0.0004, 1, "<0.1 %"),
    ],
)
def test_a_share_is_written_as_in_the_documents(share: float, digits: int, written: str) -> None:
    assert percent(share, digits) == written


def test_no_share_is_written_in_another_way() -> None:
    files = Path(lumina_jupyter.__file__).parent.rglob("*.py")
    own = re.compile(r":\.\d%[}<]")
    assert [str(path) for path in files if own.search(path.read_text(encoding="utf-8"))] == []
