"""What a model said, read with care: JSON out of fences and prose, code out of fences, thoughts apart."""

from __future__ import annotations

import json
import re
from typing import Any

LONGEST = 200_000
"""Characters of a reply that are looked at."""

_FENCE = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n]*\n(.*?)(?:^[ \t]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)
_THOUGHT = re.compile(r"<think(?:ing)?>(.*?)(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_ECHOED = re.compile(r"<lumina:(\w{1,20})[^<>\n]{0,200}>.{0,3000}?</lumina:\1>", re.DOTALL)
_TAG = re.compile(r"</?lumina:\w{1,20}[^<>\n]{0,200}>")
_ECHOES = 20
_CODE_LANGUAGES = {
    "",
    "python",
    "py",
    "python3",
    "ipython",
    "ipython3",
    "r",
    "julia",
    "sql",
    "bash",
    "sh",
    "javascript",
    "js",
}
_STARTS = 20
"""Places at which an object may begin that are tried."""


def without_thoughts(text: str) -> tuple[str, str]:
    """The reply, and the thoughts that some models write into it."""
    if "<think" not in text[:LONGEST].lower():
        return text, ""
    thoughts = "\n".join(found.strip() for found in _THOUGHT.findall(text))
    return _THOUGHT.sub("", text).strip(), thoughts


def json_object(text: str) -> dict[str, Any]:
    """The JSON object in a reply; text around it does not matter.

    Raises:
        ValueError: when there is none; the message is for the model.
    """
    text = text[:LONGEST].strip()
    decoder = json.JSONDecoder()
    position = text.find("{")
    for _ in range(_STARTS):
        if position < 0:
            break
        try:
            found, _end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            position = text.find("{", position + 1)
            continue
        if isinstance(found, dict):
            return found
        position = text.find("{", position + 1)
    raise ValueError("It holds no JSON object that is complete.")


def code_in(text: str, language: str = "python") -> str:
    """The code in a reply: its blocks, joined; all of it where there is no fence.

    Prompts of an interpreter and fences that were never closed do no harm.
    """
    text = _without_echoes(text)
    blocks = [(each[2].lower(), each[3]) for each in _FENCE.finditer(text)]
    wanted = {language.lower(), *_CODE_LANGUAGES}
    chosen = [code for tag, code in blocks if tag in wanted]
    code = "\n".join(each.rstrip() for each in chosen) if chosen else _FENCE.sub("", text) if blocks else text
    return code.strip("\n").rstrip()


def markdown_in(text: str) -> str:
    """Markdown out of a reply; a fence around all of it is taken away."""
    text = _without_echoes(text).strip()
    whole = re.fullmatch(r"(`{3,})(?:markdown|md)?[ \t]*\n(.*?)\n?\1", text, re.DOTALL | re.IGNORECASE)
    return whole[2].strip() if whole else text


def _without_echoes(text: str) -> str:
    """Without the data that a small model says again, delimiters and all."""
    text = text[:LONGEST]
    if "lumina:" not in text:
        return text
    return _TAG.sub("", _ECHOED.sub("", text, count=_ECHOES))
