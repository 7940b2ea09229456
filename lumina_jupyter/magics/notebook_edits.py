"""`%lumina proposals`, `%lumina undo` and `%lumina redo`: what agents propose for this notebook, and what they did to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import InvalidOption
from .output import escaped, markdown
from .tables import table

if TYPE_CHECKING:
    from ..collaboration.proposals.proposal import Proposal, ProposedChange
    from ..collaboration.undo.undo import Step
    from .session import Session

LINES = 40
"""Lines of a change that are shown at most."""
WORDS = ("accept", "refuse")
_KINDS = {"edit": "Change", "insert": "Insert", "delete": "Delete", "move": "Move"}


def show_proposals(session: Session, arguments: Sequence[str]) -> None:
    """Show what is proposed for the notebook, or decide: `%lumina proposals [accept|refuse ID [CELL]]`.

    Raises:
        InvalidOption: when the arguments do not fit.
        LuminaError: when the notebook is not known, or somebody else was faster.
    """
    identity = session.identity
    if not arguments:
        found = session.client.proposals(identity.notebook, identity.kernel_id)
        for each in found:
            session.output.show(markdown(_written(each)))
        if not found:
            session.output.show(markdown("Nothing is proposed for this notebook."))
        return
    word, *named = arguments
    if word not in WORDS or not 1 <= len(named) <= 2:
        raise InvalidOption("`%lumina proposals` takes nothing, or `accept` or `refuse` with an ID and, maybe, a cell.")
    decided = session.client.decide(
        named[0],
        identity.notebook,
        identity.kernel_id,
        accept=word == "accept",
        cell=named[1] if len(named) == 2 else "",
    )
    said = "Accepted" if word == "accept" else "Refused"
    session.output.show(markdown(f"{said}. {escaped(decided.notice)}".strip()))


def undo(session: Session, arguments: Sequence[str]) -> None:
    """Take back what an agent did: `%lumina undo [RUN [STEP]]`; or list it: `%lumina undo list`.

    Raises:
        InvalidOption: when the arguments do not fit.
        LuminaError: when there is nothing to undo, or the notebook is not known.
    """
    identity = session.identity
    if list(arguments) == ["list"]:
        _list(session, session.client.agent_steps(identity.notebook, identity.kernel_id))
    elif list(arguments) == ["redo"]:
        redo(session, [])
    else:
        _act(session, arguments, "undo")


def redo(session: Session, arguments: Sequence[str]) -> None:
    """Bring again what was undone: `%lumina redo [RUN [STEP]]`.

    Raises:
        InvalidOption: when the arguments do not fit.
        LuminaError: when there is nothing to redo, or the notebook is not known.
    """
    _act(session, arguments, "redo")


def _act(session: Session, named: Sequence[str], word: str) -> None:
    from .agent_undo import undo_run

    if len(named) > 2 or (len(named) == 2 and not named[1].isdecimal()):
        more = " or `list`," if word == "undo" else ""
        raise InvalidOption(f"`%lumina {word}` takes nothing,{more} or a run and, maybe, the number of a step.")
    if undo_run(session, named, redo=word == "redo"):
        return
    identity = session.identity
    done = session.client.undo(
        identity.notebook,
        identity.kernel_id,
        run=named[0] if named else "",
        step=int(named[1]) if len(named) == 2 else None,
        redo=word == "redo",
    )
    many = f"{len(done.cells)} cell{'' if len(done.cells) == 1 else 's'}"
    back = " `%lumina redo` brings it again." if word == "undo" else ""
    said = "Undone" if word == "undo" else "Done again"
    session.output.show(markdown(f"{said} in {many}; what people wrote is as it was.{back}"))


def _list(session: Session, steps: Sequence[Step]) -> None:
    if not steps:
        session.output.show(markdown("No agent did anything to this notebook that could be undone."))
        return
    rows = [
        [each.run, str(each.step), each.model or each.kind, f"{each.summary}{' (undone)' if each.undone else ''}"]
        for each in reversed(steps)
    ]
    session.output.show(table(["run", "step", "by", "what"], rows))


def _written(proposal: Proposal) -> str:
    reason = f": {escaped(proposal.reason)}" if proposal.reason else ""
    head = f"**{escaped(proposal.author)} proposes**{reason} (`{proposal.id}`)"
    changes = [_change(each) for each in proposal.changes if each.state in {"open", "stale"}]
    return "\n\n".join([head, *changes, f"`%lumina proposals accept {proposal.id}` or `refuse` decides."])


def _change(change: ProposedChange) -> str:
    stale = f" It no longer fits: {escaped(change.stale)}" if change.state == "stale" else ""
    old, new = change.base.split("\n"), change.proposed.split("\n")
    lines: list[str] = []
    if change.kind == "insert":
        lines = [f"+ {line}" for line in new]
    elif change.kind == "delete":
        lines = [f"- {line}" for line in old]
    for hunk in change.hunks:
        lines += [f"- {line}" for line in old[hunk.old_start : hunk.old_end]]
        lines += [f"+ {line}" for line in new[hunk.new_start : hunk.new_end]]
    shown = "\n".join([*lines[:LINES], *([f"… {len(lines) - LINES} more lines"] if len(lines) > LINES else [])])
    fence = "`" * max(3, 1 + max((len(run) for run in _ticks(shown)), default=0))
    diff = f"\n\n{fence}diff\n{shown}\n{fence}" if lines else ""
    return f"{_KINDS[change.kind]} cell `{change.cell}`.{stale}{diff}"


def _ticks(text: str) -> list[str]:
    import re

    return re.findall("`+", text)
