"""What a kernel's history says about its variables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from .code_names import code_names


class Ran(Protocol):
    """One execution."""

    @property
    def count(self) -> int:
        """Its execution count."""

    @property
    def source(self) -> str:
        """What ran."""


Each = TypeVar("Each", bound=Ran)


def last_writers(executions: Iterable[Each]) -> dict[str, Each]:
    """For each variable the execution that gave it its value, in the order in which they ran.

    A change in place (`rows.append(…)`) does not make the code that changed it the variable's origin.
    """
    found: dict[str, Each] = {}
    for each in sorted(executions, key=lambda one: one.count):
        names = code_names(each.source)
        for name in names.deletes:
            found.pop(name, None)
        for name in names.defines:
            found[name] = each
        for name in names.changes - found.keys():
            found[name] = each
    return found
