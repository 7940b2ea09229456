"""What tools and servers may have models answer in the course of one turn or run, and what they have had."""

from __future__ import annotations

from collections.abc import Callable

from ...errors import BudgetExhausted, ToolDenied
from ...events import Cost, Usage
from ...settings import Lumina

MOST_IN_A_ROW = 10
"""Answers for one call, one after the other."""


def _nothing() -> None:
    return


class Account:
    """The account of one turn or run; whoever begins it makes one, and a call that belongs to none has its own.

    `model` is the one that answers, empty for the default one.

    Args:
        settings: What they say when an answer is asked for holds for it.
        check: Raises when the turn itself may go on no more.
        spent: Is told what each answer took; without it that waits in `taken`.
    """

    def __init__(
        self,
        settings: Lumina,
        *,
        check: Callable[[], None] = _nothing,
        spent: Callable[[Usage, float | None], None] | None = None,
    ) -> None:
        self._settings = settings
        self._check = check
        self._spent = spent
        self._refused: set[tuple[str, str]] = set()
        self._calls: dict[str, int] = {}
        self._answers = 0
        self._tokens = 0
        self._usd = 0.0
        self._taken: list[Usage | Cost] = []
        self._notes: dict[str, str] = {}
        self.model = ""

    def admit(self, who: str, call: str, *, reads: int, writes: int) -> int:
        """Let somebody ask a model; how many tokens the answer may have.

        Args:
            who: Who asks, for people.
            call: The id of the call in whose course.
            reads: The tokens that the model will read, about.
            writes: The tokens that the answer shall have.

        Raises:
            ToolDenied: when a person has refused it in this turn.
            BudgetExhausted: when there is nothing left for it.
        """
        self.check_refused(who, "sampling")
        self._check()
        room = self._settings.tool_model_tokens - self._tokens - reads
        why = self._why_not(call, room)
        if why:
            told = f"{who} gets no more answers of a model: {why}"
            self._notes.setdefault(who, told)
            raise BudgetExhausted(told, hint="")
        self._answers += 1
        self._calls[call] = self._calls.get(call, 0) + 1
        return min(writes, room)

    def _why_not(self, call: str, room: int) -> str:
        most = self._settings.tool_model_answers
        if self._answers >= most:
            return f"the turn has given {most}, which is all (`c.Lumina.tool_model_answers`)."
        if self._calls.get(call, 0) >= MOST_IN_A_ROW:
            return f"this call has had {MOST_IN_A_ROW}, one after the other."
        if room <= 0:
            return (
                f"they would take more than {self._settings.tool_model_tokens:,} tokens (`c.Lumina.tool_model_tokens`)."
            )
        if self._usd >= self._settings.tool_model_usd:
            return f"they have cost {self._usd:.2f} dollars, which is all (`c.Lumina.tool_model_usd`)."
        return ""

    def refuse(self, who: str, what: str) -> None:
        """A person has refused somebody something, and is not asked again in this turn."""
        self._refused.add((who, what))

    def check_refused(self, who: str, what: str) -> None:
        """Nothing where no person has refused it in this turn.

        Raises:
            ToolDenied: when one has.
        """
        if (who, what) in self._refused:
            raise ToolDenied(f"{who} asks again for what was refused in this turn already ({what}).", hint="")

    def take(self, usage: Usage, usd: float | None, *, priced: bool) -> None:
        """Count an answer.

        Args:
            usage: Its tokens.
            usd: What it cost; None where that is not known.
            priced: Whether anything was said of its price.
        """
        self._tokens += usage.input_tokens + usage.output_tokens
        self._usd += usd or 0.0
        if self._spent is not None:
            self._spent(usage, usd)
            return
        self._taken.append(usage)
        if priced:
            self._taken.append(Cost(usd))

    def taken(self) -> list[Usage | Cost]:
        """What answers took since this was last asked."""
        taken, self._taken = self._taken, []
        return taken

    def notes(self) -> list[str]:
        """What people shall know, and have not been told: who got no more answers, and why."""
        told = [note for note in self._notes.values() if note]
        self._notes = dict.fromkeys(self._notes, "")
        return told
