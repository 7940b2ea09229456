"""A conversation as Markdown, for people to read."""

from __future__ import annotations

import time

from ..transcript import Exchange, Transcript


def write(transcript: Transcript) -> str:
    """The conversation as one document; images are in it."""
    conversation = transcript.conversation
    title = conversation.title or "Conversation"
    head = [f"# {title}"]
    if conversation.notebook:
        head.append(f"Notebook: `{conversation.notebook}`")
    return "\n\n".join([*head, *map(_exchange, transcript.exchanges)]) + "\n"


def _exchange(exchange: Exchange) -> str:
    asker = exchange.by.get("name") or "Question"
    parts = [f"## {asker}, {_time(exchange.asked_at)}", exchange.question]
    parts += [f"![image](data:{image.media_type};base64,{image.part.data})" for image in exchange.images]
    if exchange.answer or exchange.failure:
        parts.append(f"### {exchange.model or 'Answer'}")
    if exchange.answer:
        parts.append(exchange.answer)
    if exchange.failure:
        parts.append(f"> The answer failed: {exchange.failure}")
    return "\n\n".join(part for part in parts if part)


def _time(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(at))
