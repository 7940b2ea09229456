"""Reads a docstring in Google's style: what a function does, and what its parameters mean."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field

_SECTION = re.compile(r"(Args|Arguments|Parameters|Returns|Raises|Yields|Examples?|Notes?):\s*$")
_PARAMETER = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?:\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Docstring:
    """The text before the first section, and the parameters' descriptions by name."""

    description: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


def read_docstring(text: str | None) -> Docstring:
    """The parts of a docstring; what it does not have is empty."""
    before: list[str] = []
    section: str | None = None
    parameters: dict[str, str] = {}
    current = ""
    indent = 0
    for line in inspect.cleandoc(text or "").splitlines():
        if found := _SECTION.match(line):
            section, current = found[1], ""
        elif section is None:
            before.append(line)
        elif section in {"Args", "Arguments", "Parameters"} and line.strip():
            depth = len(line) - len(line.lstrip())
            named = _PARAMETER.match(line.strip())
            if named and (not current or depth <= indent):
                current, indent = named[1], depth
                parameters[current] = named[2].strip()
            elif current:
                parameters[current] = f"{parameters[current]} {line.strip()}".strip()
    return Docstring("\n".join(before).strip(), parameters)
