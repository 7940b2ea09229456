"""Questions of MCP servers that wait for a person: asked during a call, answered by her alone, or given up in time."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ....errors import InvalidArguments, NotFound
from ....telemetry.redaction import redact
from ...context import ToolContext
from .host import Answer, Question
from .schema import mismatch

WAIT_SECONDS = 300.0
"""How long a question waits for its answer."""
MOST_WAITING = 50
MOST_MESSAGE = 2_000
MOST_ANSWER = 100_000
"""Characters of an answer's text."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Elicitation:
    """A question that waits. What `message`, `fields` and `url` say comes from the server and is not to be trusted."""

    id: str
    server: str
    message: str
    fields: Mapping[str, Any] | None
    """A JSON schema of the answer's fields; None when a page is to be opened instead."""
    url: str
    user: str
    notebook: str
    call_id: str
    answered: asyncio.Future[Answer] = field(repr=False, compare=False)


class Elicitations:
    """The questions that wait, in memory: their calls would not survive a restart either.

    Args:
        seconds: How long each waits.
    """

    def __init__(self, seconds: float = WAIT_SECONDS) -> None:
        self._seconds = seconds
        self._waiting: dict[str, Elicitation] = {}
        self._watchers: list[Callable[[], None]] = []

    async def ask(self, question: Question, context: ToolContext) -> Answer:
        """The person's answer; `cancel` when there is none in time."""
        if len(self._waiting) >= MOST_WAITING:
            log.warning("the MCP server %s asks while %d questions wait", question.server, MOST_WAITING)
            return Answer("cancel")
        elicitation = Elicitation(
            id=secrets.token_hex(8),
            server=question.server,
            message=redact(question.message[:MOST_MESSAGE]),
            fields=question.schema,
            url=question.url[:MOST_MESSAGE],
            user=context.actor.user,
            notebook=context.notebook,
            call_id=context.call_id,
            answered=asyncio.get_running_loop().create_future(),
        )
        self._waiting[elicitation.id] = elicitation
        self._changed()
        context.tell(f"The MCP server {question.server} asks you: {elicitation.message} (question {elicitation.id})")
        try:
            async with asyncio.timeout(self._seconds):
                return await elicitation.answered
        except TimeoutError:
            return Answer("cancel")
        finally:
            del self._waiting[elicitation.id]
            self._changed()

    def waiting(self, user: str) -> list[Elicitation]:
        """The questions that wait for a user."""
        return [each for each in self._waiting.values() if each.user == user]

    def answer(
        self,
        id: str,
        user: str,
        action: Literal["accept", "decline", "cancel"],
        content: Mapping[str, Any] | None = None,
    ) -> None:
        """Answer a question; what was left out gets the default that the server gave it.

        Raises:
            NotFound: when there is none of that id that waits for this user.
            InvalidArguments: when the answer is not what was asked for.
        """
        found = self._waiting.get(id)
        if found is None or found.user != user or found.answered.done():
            raise NotFound("No such question waits for you.", hint="It may have been answered, or its time has passed.")
        filled = None
        if action == "accept" and found.fields is not None:
            filled = {**_defaults(found.fields), **(content or {})}
            wrong = mismatch(found.fields, filled)
            if wrong or sum(len(str(each)) for each in filled.values()) > MOST_ANSWER:
                raise InvalidArguments(f"That does not answer the question: {wrong or 'it is too long.'}")
        found.answered.set_result(Answer(action, filled))

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when a question comes or goes; gives back what ends that."""
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed) if changed in self._watchers else None

    def _changed(self) -> None:
        for watcher in list(self._watchers):
            watcher()


def _defaults(schema: Mapping[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return {}
    return {
        str(name): each["default"]
        for name, each in properties.items()
        if isinstance(each, Mapping) and "default" in each
    }
