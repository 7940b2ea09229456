"""The commands, by name."""

from __future__ import annotations

import re

from .command import Command, CommandInfo
from .commands.continuation import CONTINUE
from .commands.doc import DOC
from .commands.edit import EDIT
from .commands.explain import EXPLAIN
from .commands.fix import FIX
from .commands.optimize import OPTIMIZE
from .commands.test import TEST

_COMMANDS = {command.info.name: command for command in (EXPLAIN, FIX, EDIT, DOC, TEST, OPTIMIZE, CONTINUE)}
_SLASH = re.compile(r"\s*/([a-z]+)(?:\s+|$)")


def command_infos() -> list[CommandInfo]:
    """Every command, as faces list them."""
    return [command.info for command in _COMMANDS.values()]


def command(name: str) -> Command | None:
    """The command of that name."""
    return _COMMANDS.get(name)


def command_names() -> list[str]:
    """The names."""
    return list(_COMMANDS)


def split_command(text: str) -> tuple[str, str]:
    """The command's name and its argument in a text that begins with `/name`; no name and the text when it does not."""
    match = _SLASH.match(text)
    if match is None or match[1] not in _COMMANDS:
        return "", text
    return match[1], text[match.end() :].strip()
