"""What the document on personas shows is what a persona is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from lumina_jupyter.agent.personas import Personas
from lumina_jupyter.agent.personas.file import FIELDS, persona_of

DOCUMENT = Path(__file__).parents[3] / "docs" / "personas.md"


def test_its_examples_are_personas() -> None:
    examples: list[Any] = re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert examples
    for example in examples:
        persona = persona_of(yaml.safe_load(example), "example", source="docs")
        assert persona.may_call("read_cell")
        assert not persona.may_call("run_shell")


def test_it_explains_every_field() -> None:
    table = re.findall(r"^\| (`.*?) \|", DOCUMENT.read_text(), re.MULTILINE)
    assert {name for row in table for name in re.findall(r"`(\w+)`", row)} == FIELDS


async def test_it_names_those_that_come_with_lumina() -> None:
    text = DOCUMENT.read_text()
    assert [each.name for each in await Personas().list() if f"`{each.name}`" not in text] == []
