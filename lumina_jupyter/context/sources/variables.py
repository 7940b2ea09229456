"""Variables of the kernel, as its eyes see them."""

from __future__ import annotations

from collections.abc import Sequence

from ...telemetry.redaction import redact
from ..item import Item, Missing
from ..kernel.summary import Seen, VariableSummary
from ..mentions import Mention, write
from .cells import value_of

_WHY = {
    "last_seen": "the kernel does not have it",
    "not_seen": "the kernel is busy and has not been looked at before",
    "not_python": "this kernel is not Python",
    "unreachable": "no kernel answers",
    "off": "the notebook's policy keeps variables back",
}


def variable_item(
    variable: VariableSummary, seen: Seen, *, path: Sequence[str] = (), relevance: float = 0.0, mentioned: bool = False
) -> Item:
    """One variable, or one column of it."""
    text = redact(_column_text(variable, path[0]) if path else variable.text or variable.type)
    label = ".".join((variable.name, *path))
    attributes = [("name", label), ("type", variable.type)]
    if variable.shape:
        attributes.append(("shape", " x ".join(map(str, variable.shape))))
    if seen.how == "last_seen":
        attributes.append(("seen", f"{seen.age_seconds:.0f} seconds ago"))
    return Item(
        kind="variable",
        label=label,
        text=text,
        attributes=tuple(attributes),
        value=value_of(relevance, len(text)),
        place=(3, 1),
        mentioned=mentioned,
    )


def mentioned_variables(mentions: Sequence[Mention], seen: Seen) -> tuple[list[Item], list[Missing]]:
    """What the mentions name. A bare word that names no variable is text; one that says `variable:` is missed."""
    items: list[Item] = []
    missing: list[Missing] = []
    for mention in mentions:
        variable = seen.variable(mention.target)
        if variable is not None:
            items.append(variable_item(variable, seen, path=_column(variable, mention), mentioned=True))
        elif mention.kind == "variable":
            reason = _WHY.get(seen.how, "the kernel does not have it")
            missing.append(Missing("variable", write(mention), reason))
    return items, missing


def _column(variable: VariableSummary, mention: Mention) -> tuple[str, ...]:
    """The column that a mention names; nothing when there is none of that name, so that the whole is shown."""
    known = {column.name for column in variable.columns}
    return mention.path[:1] if mention.path and mention.path[0] in known else ()


def _column_text(variable: VariableSummary, name: str) -> str:
    column = next(each for each in variable.columns if each.name == name)
    text = f"column {name} of {variable.name}: {column.type}"
    if column.missing is not None:
        text += f", {column.missing:,} missing in the first {column.sampled:,} rows"
    return text
