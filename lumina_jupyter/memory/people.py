"""Who asks and who looks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as others see them; `color` is CSS, empty where Jupyter has chosen none."""

    id: str
    name: str
    initials: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Whoever looks at conversations or adds to them.

    `name` is the identity that private conversations belong to; empty for kernels, the command line and
    whoever else has none, and these see what is shared. `person` is what others see of them.
    """

    name: str = ""
    person: Person | None = None


NOBODY = Viewer()
"""A kernel, the command line, this process: they see what is shared."""


def shown(person: Person | None) -> dict[str, str]:
    """A person as logs hold them, with each question."""
    return (
        {"name": "", "initials": "", "color": ""}
        if person is None
        else {"name": person.name, "initials": person.initials, "color": person.color}
    )
