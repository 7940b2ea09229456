"""A conversation as a `.chat` file, which JupyterLab's chat extension opens."""

from __future__ import annotations

import json
import math
from typing import Any

from ...errors import InvalidBody
from ...gateway.requests import new_request_id
from ..log import TITLE_LENGTH, NewEntry
from ..transcript import Exchange, Transcript
from .imported import Imported

LUMINA = "lumina"
_ASSISTANTS = {LUMINA, "jupyternaut", "bot"}


def write(transcript: Transcript) -> str:
    """The conversation as messages of the people in it and of Lumina."""
    users: dict[str, dict[str, Any]] = {LUMINA: {**_user(LUMINA, "Lumina", "L", ""), "bot": True}}
    messages: list[dict[str, Any]] = []
    for exchange in transcript.exchanges:
        name = exchange.by.get("name") or "user"
        users.setdefault(name, _user(name, name, exchange.by.get("initials", ""), exchange.by.get("color", "")))
        messages.append(_message(exchange.turn, exchange.question, exchange.asked_at, name))
        answer = exchange.answer or (f"The answer failed: {exchange.failure}" if exchange.failure else "")
        if answer:
            messages.append(_message(f"{exchange.turn}-answer", answer, exchange.answered_at, LUMINA))
    metadata = {"id": transcript.conversation.id}
    document = {"messages": messages, "users": users, "attachments": {}, "metadata": metadata}
    return json.dumps(document, ensure_ascii=False, indent=2)


def read(document: dict[str, Any]) -> Imported:
    """The messages as turns: what a person says is a question, what an assistant says after it the answer.

    Raises:
        InvalidBody: when there are no messages in it.
    """
    messages, users = document.get("messages"), document.get("users", {})
    if not isinstance(messages, list) or not isinstance(users, dict):
        raise InvalidBody("This is no chat file: it has no messages.", field="content")
    exchanges: list[Exchange] = []
    for each in messages:
        if not isinstance(each, dict) or not isinstance(each.get("body"), str):
            raise InvalidBody("This is no chat file: one of its messages has no body.", field="content")
        if each.get("deleted") or not each["body"].strip():
            continue
        _add(exchanges, each, users)
    title = next((" ".join(each.question.split())[:TITLE_LENGTH] for each in exchanges if each.question), "")
    return Imported(title=title, entries=_entries(exchanges))


def _add(exchanges: list[Exchange], message: dict[str, Any], users: dict[str, Any]) -> None:
    sender = str(message.get("sender", ""))
    found = users.get(sender)
    user: dict[str, Any] = found if isinstance(found, dict) else {}
    at = message.get("time")
    when = float(at) if isinstance(at, int | float) and math.isfinite(at) else 0.0
    if _is_assistant(sender, user):
        if not exchanges:
            exchanges.append(Exchange(new_request_id(), asked_at=when))
        last = exchanges[-1]
        last.answer = f"{last.answer}\n\n{message['body']}" if last.answer else message["body"]
        last.answered_at = when
        return
    name = str(user.get("display_name") or user.get("name") or sender)
    by = {"name": name, "initials": str(user.get("initials") or ""), "color": str(user.get("color") or "")}
    exchanges.append(Exchange(new_request_id(), asked_at=when, answered_at=when, by=by, question=message["body"]))


def _entries(exchanges: list[Exchange]) -> list[NewEntry]:
    entries: list[NewEntry] = []
    parent = ""
    for each in exchanges:
        by = each.by or {"name": "", "initials": "", "color": ""}
        question = {"text": each.question, "model": "", "parent": parent, "command": "", "images": [], "by": by}
        entries.append(NewEntry("question", question, each.turn, at=each.asked_at))
        if each.answer:
            entries.append(NewEntry("text_delta", {"text": each.answer}, each.turn, at=each.answered_at))
        entries.append(NewEntry("message_finished", {"reason": "stop"}, each.turn, at=each.answered_at))
        parent = each.turn
    return entries


def _is_assistant(sender: str, user: dict[str, Any]) -> bool:
    # Personas of Jupyter AI are named by their package and class, with colons between.
    return user.get("bot") is True or "::" in sender or sender.lower() in _ASSISTANTS


def _user(username: str, name: str, initials: str, color: str) -> dict[str, Any]:
    return {
        "username": username,
        "name": name,
        "display_name": name,
        "initials": initials,
        "avatar_url": None,
        "color": color or None,
    }


def _message(name: str, body: str, at: float, sender: str) -> dict[str, Any]:
    return {"type": "msg", "id": name, "body": body, "time": at, "sender": sender, "raw_time": False}
