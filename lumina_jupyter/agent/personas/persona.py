"""A persona: who works, as people and other personas know it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...tools.choice import is_chosen
from ..gears import GearName

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """One persona.

    `name` is how it is called (`@teacher`), `description` what others call it for, `prompt` who it is for the model.
    `tools` are patterns of the names of those that it may call (`read_*`, `!run_*`); the permission gate decides all the
    same. An empty `model` is the gear's. `hands_over_to` are the personas to whom it may hand over or give work, `*` for all.
    `source` is `built-in` or the file's path.
    """

    name: str
    title: str
    description: str
    prompt: str
    tools: tuple[str, ...] = ("*",)
    gear: GearName = "auto"
    model: str = ""
    hands_over_to: tuple[str, ...] = ()
    source: str = "built-in"

    def may_call(self, tool: str) -> bool:
        """Whether a tool is among its own."""
        return is_chosen(tool, self.tools)

    def may_hand_over_to(self, name: str) -> bool:
        """Whether it may give work to a persona; never to itself."""
        return name != self.name and ("*" in self.hands_over_to or name in self.hands_over_to)


@dataclass(frozen=True, slots=True)
class PersonaTrouble:
    """A file that is no persona, and why, in a sentence for people."""

    source: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPersonas:
    """All personas, by name, and the files that are none."""

    personas: tuple[Persona, ...] = ()
    troubles: tuple[PersonaTrouble, ...] = ()
