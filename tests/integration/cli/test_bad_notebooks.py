"""Odd and broken notebooks on the command line, without a server: a sentence or a repaired document, nothing lost."""

from __future__ import annotations

import pytest

from tests.integration.bad_notebooks import (
    BROKEN,
    HAND_EDITED,
    OLD,
    OLD_TEXTS,
    TWINS,
    TWINS_TEXTS,
    code,
    notebook,
)

from .running import Home

NAME = "a.ipynb"


@pytest.mark.parametrize(("name", "command"), [("cut off", ("read",)), ("a format to come", ("undo",))])
def test_what_is_no_notebook_is_refused_in_a_sentence_and_left_as_it_is(
    home: Home, name: str, command: tuple[str, ...]
) -> None:
    file = home.path / NAME
    file.write_text(BROKEN[name])
    ended = home.run("notebook", *command, NAME)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("Error: ")
    assert NAME in ended.stderr
    assert "lumina notebook history" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert file.read_text() == BROKEN[name]


def test_old_ones_odd_ids_and_metadata_edited_by_hand_are_read(home: Home) -> None:
    file = home.path / NAME
    file.write_text(OLD)
    old = home.json("notebook", "read", NAME)["cells"]
    assert [cell["source"] for cell in old] == OLD_TEXTS
    file.write_text(TWINS)
    twins = home.json("notebook", "read", NAME)["cells"]
    assert [cell["source"] for cell in twins] == TWINS_TEXTS
    assert len({cell["id"] for cell in twins}) == 4
    content = notebook(*(code(f"c{at}", "x", kept) for at, kept in enumerate(HAND_EDITED)), lumina=HAND_EDITED[-1])
    file.write_text(content)
    ended = home.run("notebook", "read", NAME)
    assert (ended.returncode, ended.stdout.count("code  c")) == (0, len(HAND_EDITED)), ended.stderr
    assert file.read_text() == content
