"""A notebook's conversation as a terminal takes part in it: what was said last, what others say, one's own questions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import LuminaError
from ..events import Event, Failed, is_end
from .output import clean, say
from .turn_events import follow_turn, start

if TYPE_CHECKING:
    from ..client import Client
    from ..memory import Conversation, LogEntry

RECENT_TURNS, RECENT_ENTRIES = 3, 600
"""Turns that are shown when a conversation is opened, and how far back in the log they are looked for."""

QUESTION_LENGTH, ANSWER_LENGTH = 100, 240
"""Characters of a turn that is shown shortly."""


@dataclass(slots=True)
class Said:
    """A turn as a reader has it; `told` says that its question was shown."""

    turn: str
    by: str = ""
    question: str = ""
    answer: str = ""
    failure: str = ""
    ended: bool = False
    told: bool = False

    def add(self, entry: LogEntry) -> None:
        """Take the next entry of this turn in."""
        if entry.kind == "question":
            self.question = str(entry.data.get("text", ""))
            self.by = str((entry.data.get("by") or {}).get("name", ""))
        elif entry.kind == "text_delta":
            self.answer += str(entry.data.get("text", ""))
        elif entry.kind == "failed":
            self.failure = str(entry.data.get("message", ""))
        self.ended = self.ended or entry.kind in {"message_finished", "failed"}


class OpenConversation:
    """A conversation that questions go into and that others may ask in as well."""

    def __init__(self, client: Client, conversation: Conversation) -> None:
        self._client = client
        self.conversation = conversation
        self._seen = max(0, conversation.events - RECENT_ENTRIES)
        self._turns: dict[str, Said] = {}
        self._mine: set[str] = set()

    def show_recent(self) -> None:
        """Show shortly what was said last."""
        self._read()
        for said in list(self._turns.values())[-RECENT_TURNS:]:
            say(f"{_name(said)}: {_short(said.question, QUESTION_LENGTH)}", dim=True)
            say(f"  {_short(said.answer or said.failure, ANSWER_LENGTH) or 'no answer yet'}", dim=True)
        for said in self._turns.values():
            said.told = True
        self._forget_ended()

    def show_news(self) -> None:
        """Show what others have asked and been answered since; an answer is shown when it is complete.

        Raises:
            LuminaError: when the conversation is gone, or the server.
        """
        self._read()
        for said in self._turns.values():
            if not said.told:
                say(f"{_name(said)}: {clean(said.question)}", bold=True)
            elif said.ended:
                say(f"The answer to {_name(said)}'s “{_short(said.question, QUESTION_LENGTH)}”:", bold=True)
            if said.ended:
                say(clean(said.answer or said.failure).rstrip("\n"))
            elif not said.told:
                say("(the answer is still coming)", dim=True)
            said.told = True
        self._forget_ended()

    def ask(self, text: str, model: str) -> Iterator[Event]:
        """Ask, and give the answer's events; whoever closes them, or interrupts, stops the answer.

        Raises:
            LuminaError: when the question was not taken, or the server cannot be reached for long.
        """
        from ..gateway import TextPart
        from ..memory import Question

        question = Question(prompt=(TextPart(text),), model=model, conversation=self.conversation.id)
        self._mine.add(question.request_id)
        over = False
        try:
            started = start(self._client, question)
            for event in follow_turn(self._client, self.conversation.id, started):
                over = is_end(event)
                yield event
        except LuminaError as error:
            over = True
            yield Failed.of(error)
        finally:
            if not over:
                with contextlib.suppress(LuminaError):
                    self._client.cancel(question.request_id)

    def _read(self) -> None:
        """Take in what is new in the log."""
        while entries := self._client.conversation_events(self.conversation.id, after=self._seen):
            self._seen = entries[-1].sequence
            for entry in entries:
                self._take(entry)

    def _take(self, entry: LogEntry) -> None:
        if entry.turn in self._mine or (entry.kind != "question" and entry.turn not in self._turns):
            return
        self._turns.setdefault(entry.turn, Said(entry.turn)).add(entry)

    def _forget_ended(self) -> None:
        self._turns = {turn: said for turn, said in self._turns.items() if not said.ended}


def current_conversation(client: Client, notebook: str) -> Conversation:
    """The shared conversation that a notebook goes on with; begun if there is none."""
    for each in client.conversations(notebook):
        if each.current and each.shared:
            return each
    return client.begin_conversation(notebook)


def _name(said: Said) -> str:
    return clean(said.by) or "Somebody"


def _short(text: str, length: int) -> str:
    line = " ".join(clean(text).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
