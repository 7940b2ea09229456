"""Having a chat model fill in the middle: it is told to, and what it wraps around the code is taken off."""

from __future__ import annotations

import re

from ...gateway import ChatRequest, Message
from .place import Place

_RULES = (
    "You complete code while somebody types. Answer with the text that belongs at <CURSOR> and with nothing else: "
    "no explanation, no Markdown fence, nothing of what stands before or after the cursor. "
    "Keep the indentation. {length} When nothing sensible follows, answer with nothing."
)
_ONE_LINE = "Complete the current line only."
_SEVERAL_LINES = "Complete the current block, a few lines at most."
_FENCE = re.compile(r"\A\s*```[^\n]*\n")
_LEAST_ECHO = 3


def chat_request(prefix: str, suffix: str, place: Place, *, language: str, max_tokens: int, model: str) -> ChatRequest:
    """The question that a chat model is asked."""
    rules = _RULES.format(length=_SEVERAL_LINES if place.several_lines else _ONE_LINE)
    return ChatRequest(
        messages=(
            Message.of("system", rules),
            Message.of("user", f"Language: {language}\n\n{prefix}<CURSOR>{suffix}"),
        ),
        model=model,
        max_tokens=max_tokens,
        temperature=0.0,
    )


def unwrapped(raw: str, place: Place, *, complete: bool) -> str:
    """The code of an answer so far: without a fence around it, and without the line that was typed already."""
    if not complete and (not raw.strip() or "```".startswith(raw.strip()) or _is_open_fence(raw)):
        return ""
    text = raw[match.end() :] if (match := _FENCE.match(raw)) else raw
    typed = place.line.strip()
    if len(typed) < _LEAST_ECHO:
        return text
    begun = text.lstrip()
    if begun.startswith(typed):
        return begun[len(typed) :]
    return "" if not complete and typed.startswith(begun) else text


def _is_open_fence(raw: str) -> bool:
    return raw.lstrip().startswith("```") and "\n" not in raw.lstrip()
