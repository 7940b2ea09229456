"""The documentation of a name, as the kernel has it: head and docstring of what is imported or defined there."""

from __future__ import annotations

from dataclasses import replace

from ...telemetry.redaction import redact
from ..item import Item, Missing
from ..kernel.probe.documentation import ASKED
from ..kernel.summary import Seen, VariableSummary
from ..mentions import Mention, write

_WHY = {
    "not_seen": "the kernel is busy and has not been asked before",
    "not_python": "this kernel is not Python",
    "unreachable": "no kernel answers that has it",
    "off": "the notebook's policy keeps what is in the kernel back",
}
_UNKNOWN = "nothing of that name is imported or defined in the kernel"
_CODE = frozenset({"function", "builtin_function_or_method", "method", "type", "abc.ABCMeta", "module"})


def asked_name(mention: Mention) -> str:
    """By which name the eyes are asked for it, and tell it."""
    return ASKED + mention.target


def is_documentation(variable: VariableSummary) -> bool:
    """Whether what was seen is documentation that was asked for, and no variable."""
    return variable.name.startswith(ASKED)


def briefly(variable: VariableSummary) -> VariableSummary:
    """The variable; of code the head alone, for where nobody asked for it."""
    return replace(variable, text=variable.text.partition("\n")[0]) if variable.type in _CODE else variable


def mentioned_documentation(mention: Mention, seen: Seen) -> Item | Missing:
    """What the mention names; what is nowhere is missed, with the reason."""
    found = seen.variable(asked_name(mention))
    if found is None:
        return Missing("documentation", write(mention), _WHY.get(seen.how, _UNKNOWN))
    return Item(
        kind="documentation",
        label=mention.target,
        text=redact(found.text),
        attributes=(("name", mention.target), ("type", found.type)),
        place=(3, 2),
        mentioned=True,
    )
