"""Approvals that a cell's own answer waits for: shown at once, and asked about right there where that is safe."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..errors import LuminaError
from .display_text import clean
from .output import escaped, markdown, sentence

if TYPE_CHECKING:
    from ..memory import Question
    from ..tools import Approval
    from .session import Session

YES, NO = {"y", "yes"}, {"n", "no", ""}


class Approving:
    """The approvals of one answer.

    With a server, people decide there: what a cell of this kernel said would be said by whatever runs in it. Without
    one, this process is all there is, and the person in front of it is asked.
    """

    def __init__(self, session: Session, question: Question) -> None:
        self._session = session
        self._question = question

    def ask(self, text: str) -> None:
        """Show that the answer waits; ask, where there is no server."""
        output = self._session.output
        if os.environ.get("LUMINA_URL"):
            output.show(markdown(f"**{sentence(text)}**", text))
            return
        for approval in self._session.client.approvals():
            if approval.run == self._question.request_id:
                output.show(written(approval))
                self._decide(approval)

    def decided(self, text: str) -> None:
        """Show what was decided."""
        self._session.output.show(markdown(f"*{sentence(text)}*", text))

    def _decide(self, approval: Approval) -> None:
        try:
            said = input(f"Allow {clean(approval.tool)} this once? [y/N] ").strip().lower()
        except (EOFError, NotImplementedError, RuntimeError):
            said = ""  # nobody can be asked here (nbclient, a script): then nobody has allowed it
        try:
            self._session.client.decide_approval(approval.id, "grant" if said in YES else "deny")
        except LuminaError as error:
            self._session.output.show(markdown(sentence(str(error)), str(error)))


def written(approval: Approval) -> dict[str, str]:
    """An approval as people read it: what would be done, to what, by whom."""
    preview = approval.preview
    what = preview.summary if preview is not None and preview.summary else f"Call {approval.tool}"
    where = f" in {approval.notebook}" if approval.notebook else ""
    by = f"{approval.actor_kind} {approval.actor_name}".strip()
    head = f"{what} ({approval.target.kind} {approval.target.name}{where}), for the {by}: {approval.reason}."
    body = (preview.diff or preview.code if preview is not None else "") or approval.arguments
    rich = f"**`{approval.id}`** {escaped(head)}\n\n{_fenced(body)}"
    return markdown(rich, f"{approval.id} {head}\n\n{body}")


def _fenced(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}"
