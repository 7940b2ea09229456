"""`%lumina tools`, `approvals`, `approve` and `deny`: what models may call here, and what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from ..errors import InvalidOption
from .approving import written
from .arguments import no_arguments
from .output import markdown, sentence
from .tables import table

if TYPE_CHECKING:
    from ..tools.permission import Scope, Verdict
    from .session import Session

RUN = "run_"
"""How ids of runs begin."""
SCOPES = ("cell", "run", "always")
_WORDS = {"allow": "at once", "ask": "when you approve", "deny": "not here"}


def show_tools(session: Session, arguments: Sequence[str]) -> None:
    """Show the tools that a model can call from this notebook.

    Raises:
        InvalidOption: when there are arguments.
    """
    no_arguments("tools", arguments)
    identity = session.identity
    tools = session.client.tools(identity.notebook, identity.kernel_id)
    if not tools:
        session.output.show(markdown("There are no tools here."))
        return
    rows = [
        [each.name, each.description.partition("\n")[0], ", ".join(each.effects), _WORDS[each.permission], each.source]
        for each in tools
    ]
    note = "A model may call them in a cell that begins with `%%lumina --tools`."
    session.output.show(table(["tool", "", "can", "is called", "from"], rows, note=note))


def show_approvals(session: Session, arguments: Sequence[str]) -> None:
    """Show the calls that wait for a person.

    Raises:
        InvalidOption: when there are arguments.
    """
    no_arguments("approvals", arguments)
    found = session.client.approvals()
    for each in found:
        session.output.show(written(each))
    if not found:
        session.output.show(markdown("Nothing waits for an approval."))


def approve(session: Session, arguments: Sequence[str]) -> None:
    """Grant an approval, or approve the plan of a run: `%lumina approve ID [cell|run|always]`.

    Raises:
        InvalidOption: when the arguments do not fit.
        LuminaError: when kernels may not decide, or somebody was faster.
    """
    _decide(session, "approve", "grant", arguments)


def deny(session: Session, arguments: Sequence[str]) -> None:
    """Deny an approval: `%lumina deny ID [cell|run|always]`; raises as `approve`."""
    _decide(session, "deny", "deny", arguments)


def _decide(session: Session, name: str, verdict: Verdict, arguments: Sequence[str]) -> None:
    if len(arguments) == 1 and arguments[0].startswith(RUN):
        run = session.client.agents.decide_plan(arguments[0], "approve" if verdict == "grant" else "refuse")
        told = f"The plan of `{run.id}` is {'approved' if verdict == 'grant' else 'refused'}."
        session.output.show(markdown(sentence(told), told))
        return
    if not 1 <= len(arguments) <= 2 or (len(arguments) == 2 and arguments[1] not in SCOPES):
        raise InvalidOption(f"`%lumina {name}` takes an ID and, maybe, one of {', '.join(SCOPES)}.")
    scope = cast("Scope", arguments[1]) if len(arguments) == 2 else None
    decided = session.client.decide_approval(arguments[0], verdict, scope)
    told = f"`{decided.id}` is {decided.state}."
    session.output.show(markdown(sentence(told), told))
