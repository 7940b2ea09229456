"""From a conversation's log to the messages that a model is shown again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..gateway.requests import Message
from .conversations import LogEntry

CHARACTERS_PER_TOKEN = 4
"""A rough rate for every tokenizer; history needs no more than that."""


@dataclass(slots=True)
class PastTurn:
    """A question and what came back; `end` is the kind of the last event, empty while none came."""

    question: str = ""
    answer: list[str] = field(default_factory=list)
    end: str = ""

    @property
    def text(self) -> str:
        """The answer's text as far as it came."""
        return "".join(self.answer)


def past_turns(entries: Sequence[LogEntry]) -> list[PastTurn]:
    """The turns of a log in the order in which they were asked; parallel turns are told apart."""
    turns: dict[str, PastTurn] = {}
    for entry in entries:
        turn = turns.setdefault(entry.turn, PastTurn())
        if entry.kind == "question":
            turn.question = str(entry.data.get("text", ""))
        elif entry.kind == "text_delta":
            turn.answer.append(str(entry.data.get("text", "")))
        elif entry.kind in {"message_finished", "failed"}:
            turn.end = entry.kind
    return list(turns.values())


def messages_of(entries: Sequence[LogEntry], *, token_limit: int) -> tuple[Message, ...]:
    """The latest turns that fit the limit, whole turns only, as alternating user and assistant messages.

    Turns without any answer (failed at once, or still under way) are left out: a model would
    answer them a second time.
    """
    budget = token_limit * CHARACTERS_PER_TOKEN
    kept: list[PastTurn] = []
    for turn in reversed(past_turns(entries)):
        if not turn.question or not turn.text:
            continue
        budget -= len(turn.question) + len(turn.text)
        if budget < 0:
            break
        kept.append(turn)
    messages: list[Message] = []
    for turn in reversed(kept):
        messages += [Message.of("user", turn.question), Message.of("assistant", turn.text)]
    return tuple(messages)
