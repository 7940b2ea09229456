"""Personas: files that anybody can write, and what is said of those that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from lumina_jupyter.agent.personas import Personas
from lumina_jupyter.agent.personas.file import MOST_BYTES
from lumina_jupyter.errors import UnknownName


async def test_the_built_in_ones_are_whole_and_know_each_other() -> None:
    personas = Personas()
    known = {each.name: each for each in await personas.list()}
    assert (await personas.known()).troubles == ()
    assert {"analyst", "coordinator", "engineer", "reviewer", "teacher"} <= known.keys()
    for each in known.values():
        assert each.description, each.name
        assert {name for name in each.hands_over_to if name != "*"} <= known.keys()
    assert known["coordinator"].may_hand_over_to("teacher")
    assert not known["coordinator"].may_hand_over_to("coordinator")
    assert not known["teacher"].may_hand_over_to("engineer")


async def test_a_file_is_a_persona_and_takes_the_place_of_the_built_in_one(tmp_path: Path) -> None:
    personas = Personas([tmp_path / "none", tmp_path])
    (tmp_path / "teacher.yaml").write_text(
        "title: Frau Lehrerin\nprompt: Erkläre.\ntools: [read_cell]\ngear: '1'\nmodel: openai/gpt-5\n"
    )
    teacher = await personas.get("teacher")
    assert (teacher.title, teacher.gear, teacher.model) == ("Frau Lehrerin", "1", "openai/gpt-5")
    assert teacher.may_call("read_cell")
    assert not teacher.may_call("edit_cell")
    assert teacher.source == str(tmp_path / "teacher.yaml")


async def test_a_changed_file_is_read_again_and_a_removed_one_is_gone(tmp_path: Path) -> None:
    personas = Personas([tmp_path])
    file = tmp_path / "poet.yaml"
    file.write_text("prompt: Rhyme.\n")
    assert (await personas.get("poet")).prompt == "Rhyme."
    file.write_text("prompt: Never rhyme.\n")
    assert (await personas.get("poet")).prompt == "Never rhyme."
    file.unlink()
    with pytest.raises(UnknownName):
        await personas.get("poet")


async def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName) as refused:
        await Personas().get("techer")
    assert "teacher" in refused.value.hint


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"prompt: [1, 2", "not valid YAML (line"),
        (b"\xff\xfe\x00", "not valid YAML"),
        (b"- a\n- b\n", "a persona is a mapping"),
        (b"prompt: x\ncolour: red\n", "'colour' is nothing that a persona has"),
        (b"prompt: ''\n", "the prompt needs"),
        (b"title: only a title\n", "the prompt needs"),
        (b"prompt: x\ngear: 9\n", "gear '9' does not exist"),
        (b"prompt: x\ngear: reverse\n", "gear 'reverse' does not exist"),
        (b"prompt: x\nname: ../../etc\n", "no persona's name"),
        (b"prompt: x\ntools: everything\n", "tools has to be a list"),
        (b"prompt: 7\n", "prompt has to be text"),
        (b"prompt: !!python/object/apply:os.system ['true']\n", "not valid YAML"),
        (b"prompt: " + b"x" * MOST_BYTES, "is larger than"),
    ],
)
async def test_a_wrong_file_is_told_and_harms_no_other(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "broken.yaml").write_bytes(content)
    (tmp_path / "good.yaml").write_text("prompt: Be good.\n")
    personas = Personas([tmp_path])
    assert (await personas.get("good")).prompt == "Be good."
    [trouble] = (await personas.known()).troubles
    assert said in trouble.message
    assert trouble.source.endswith("broken.yaml")


@pytest.mark.parametrize("name", ["teacher", "reviewer"])
async def test_who_changes_nothing_has_no_tool_that_changes_anything(name: str) -> None:
    persona = await Personas().get(name)
    changing = ["edit_cell", "add_cell", "insert_cell", "delete_cell", "run_cell", "run_all_cells", "write_file"]
    changing += ["delete_file", "replace_in_file", "restore_file", "create_notebook", "run_python", "run_shell"]
    assert [tool for tool in changing if persona.may_call(tool)] == []
