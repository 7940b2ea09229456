"""`%lumina personas`."""

from __future__ import annotations

from collections.abc import Sequence

from .arguments import no_arguments
from .session import Session
from .tables import table


def show_personas(session: Session, arguments: Sequence[str]) -> None:
    """List the personas.

    Raises:
        InvalidOption: when there is an argument.
    """
    no_arguments("personas", arguments)
    known = session.client.agents.personas()
    rows = [[each.name, each.description, each.model or "the notebook's", each.gear] for each in known.personas]
    note = "Ask one: `%%lumina --persona NAME`, or `@NAME …` in the chat; with `--agent` it works as the agent."
    for trouble in known.troubles:
        note += f"\n\n`{trouble.source}` is no persona: {trouble.message}"
    session.output.show(table(["name", "for", "model", "gear"], rows, note=note))
