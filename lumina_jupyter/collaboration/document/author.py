"""Who writes into a notebook, as it stands in a transaction's origin and in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AuthorKind = Literal["agent", "undo", "redo", "restore", "proposal", "merge"]
PREFIX = "lumina"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """One step of one run. Whoever shares run and step is undone together.

    `run` holds no colon. `user` is on whose behalf it is written, `model` by which model, if one did.
    """

    run: str
    step: int = 0
    kind: AuthorKind = "agent"
    name: str = "Lumina"
    user: str = ""
    model: str = ""

    @property
    def saved_as(self) -> str:
        """Whose edit it is in a notebook's history: an agent's own, and else the person's for whom it is made."""
        return self.name if self.kind == "agent" else self.user or self.name

    @property
    def origin(self) -> str:
        """The origin of this author's transactions."""
        return f"{PREFIX}:{self.kind}:{self.run}:{self.step}"
