"""What tools and MCP servers want to know from a person while a call runs: asked once, answered by her, or given up in time.

An answer is data for the tool that asked. It is no approval: those are decided at the gate, before a tool runs.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..errors import InvalidArguments, NotFound
from ..telemetry.redaction import redact
from .context import ToolContext
from .progress import QuestionAsked, QuestionOver

Action = Literal["accept", "decline", "cancel"]

WAIT_SECONDS = 300.0
"""How long a question waits for its answer."""
MOST_WAITING = 50
MOST_MESSAGE = 2_000
MOST_ANSWER = 100_000
"""Characters of an answer's text."""
_WATCHED = 256
"""Changes that a slow watcher may lag behind; then the oldest are left out for it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: a form's fields by a schema, or a page to open.

    `source` is the tool's, as `mcp:shop`; `who` the same for people to read.
    """

    source: str
    who: str
    message: str
    schema: Mapping[str, Any] | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person did, and with `accept` what she filled in."""

    action: Action
    content: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonQuestion:
    """A question as people see it. What `message`, `fields` and `url` say comes from the tool and is not to be trusted.

    `fields` is a JSON schema of the answer's fields, None when a page is to be opened instead. Times are seconds since
    1970; `note` says why one is over that nobody answered.
    """

    id: str
    state: Literal["pending", "accept", "decline", "cancel"] = "pending"
    source: str
    who: str
    message: str
    fields: dict[str, Any] | None
    url: str
    user: str
    audience: str
    notebook: str
    conversation: str
    run: str
    call_id: str
    created_at: float
    expires_at: float
    note: str = ""

    def is_for(self, user: str, viewer: str = "") -> bool:
        """Whether somebody may see and answer it: the one on whose behalf the call is, where that is known."""
        return self.user in ("", user) and self.audience in ("", viewer)


class Questions:
    """The questions that wait, in memory: their calls would not survive a restart either.

    Args:
        seconds: How long each waits.
        reachable: Whether anybody could answer; where nobody could, nothing waits.
    """

    def __init__(self, seconds: float = WAIT_SECONDS, *, reachable: bool = True) -> None:
        self.reachable = reachable
        self._seconds = seconds
        self._waiting: dict[str, tuple[PersonQuestion, asyncio.Future[Answer]]] = {}
        self._watchers: set[asyncio.Queue[PersonQuestion]] = set()

    # --- for who asks -----------------------------------------------------------------------------

    async def ask(self, question: Question, context: ToolContext) -> Answer:
        """The person's answer; `cancel` when there is none in time, or nobody who could give one."""
        asked = self._made(question, context)
        note = ""
        if not self.reachable:
            note = "Nobody can be asked here: questions of tools are answered in JupyterLab or with `lumina approvals`."
        elif len(self._waiting) >= MOST_WAITING:
            log.warning("%s asks while %d questions wait", question.who, MOST_WAITING)
            note = f"{MOST_WAITING} questions wait already."
        if note:
            context.noted(QuestionOver(replace(asked, state="cancel", note=note)))
            return Answer("cancel")
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[asked.id] = asked, answered
        self._tell(asked)
        context.noted(QuestionAsked(asked))
        answer, note = Answer("cancel"), "The call that asked is over."
        try:
            async with asyncio.timeout(self._seconds):
                answer, note = await answered, ""
        except TimeoutError:
            note = "Nobody answered in time."
        finally:
            del self._waiting[asked.id]
            over = replace(asked, state=answer.action, note=note)
            self._tell(over)
            context.noted(QuestionOver(over))
        return answer

    def _made(self, question: Question, context: ToolContext) -> PersonQuestion:
        now = time.time()
        return PersonQuestion(
            id=f"ask_{secrets.token_hex(8)}",
            source=question.source,
            who=question.who,
            message=redact(question.message[:MOST_MESSAGE]),
            fields=None if question.schema is None else dict(question.schema),
            url=question.url[:MOST_MESSAGE],
            user=context.actor.user,
            audience=context.audience,
            notebook=context.notebook,
            conversation=context.conversation,
            run=context.actor.run,
            call_id=context.call_id,
            created_at=now,
            expires_at=now + self._seconds,
        )

    # --- for people -------------------------------------------------------------------------------

    def waiting(self, user: str, viewer: str = "") -> list[PersonQuestion]:
        """The questions that wait for somebody, the newest first."""
        return [asked for asked, _answered in reversed(self._waiting.values()) if asked.is_for(user, viewer)]

    def answer(
        self,
        id: str,
        user: str,
        action: Action,
        content: Mapping[str, Any] | None = None,
        *,
        viewer: str = "",
    ) -> PersonQuestion:
        """Answer a question; what was left out gets the default that whoever asks gave it. How it is then.

        Raises:
            NotFound: when there is none of that id that waits for this person.
            InvalidArguments: when the answer is not what was asked for.
        """
        asked, answered = self._waiting.get(id, (None, None))
        if asked is None or answered is None or not asked.is_for(user, viewer) or answered.done():
            raise NotFound("No such question waits for you.", hint="It may have been answered, or its time has passed.")
        filled = None
        if action == "accept" and asked.fields is not None:
            from .mcp.client.schema import mismatch

            filled = {**_defaults(asked.fields), **(content or {})}
            wrong = mismatch(asked.fields, filled)
            if wrong or sum(len(str(each)) for each in filled.values()) > MOST_ANSWER:
                raise InvalidArguments(f"That does not answer the question: {wrong or 'it is too long.'}", hint="")
        answered.set_result(Answer(action, filled))
        return replace(asked, state=action)

    async def watch(self, user: str, viewer: str = "") -> AsyncGenerator[PersonQuestion, None]:
        """What waits for somebody now, and then every change, until the watcher leaves."""
        queue: asyncio.Queue[PersonQuestion] = asyncio.Queue(_WATCHED)
        self._watchers.add(queue)
        try:
            for each in self.waiting(user, viewer):
                yield each
            while True:
                changed = await queue.get()
                if changed.is_for(user, viewer):
                    yield changed
        finally:
            self._watchers.discard(queue)

    def _tell(self, question: PersonQuestion) -> None:
        for queue in self._watchers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(question)


def _defaults(schema: Mapping[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return {}
    return {
        str(name): each["default"]
        for name, each in properties.items()
        if isinstance(each, Mapping) and "default" in each
    }
