"""A slash command: its name, what it says of itself, and how it words a question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .target import Target

Result = Literal["answer", "replace", "insert", "append"]
About = Literal["cell", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandInfo:
    """A command, as faces list it.

    `argument` hints at what may follow the name; it must when `required`. `result` says what the
    answer is for: to be read, or code that replaces the cell, goes into a new one below it, or is
    appended to it.
    """

    name: str
    title: str
    description: str
    argument: str
    required: bool
    about: About
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command; `prompt` words what the model is asked, of the argument and the cell that is meant."""

    info: CommandInfo
    prompt: Callable[[str, Target], str]
