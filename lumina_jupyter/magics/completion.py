"""Tab completion in `%lumina` and in the first line of `%%lumina`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .arguments import FORMATS, GEAR_NAMES, OPTIONS
from .commands import MEANINGS
from .session import session_of

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext, SimpleMatcherResult
    from IPython.core.interactiveshell import InteractiveShell

_CALL = re.compile(r"^(%%?)lumina[ \t]+(.*)$")
_WITH_NAME = {"-o", "--output", "--schema", "--context"}
_WITH_FREE_VALUE = {"-s", "--system", "--max-tokens", "--temperature"}


def complete(ipython: InteractiveShell, context: CompletionContext) -> SimpleMatcherResult:
    """What can stand at the cursor; nothing outside of our lines."""
    from IPython.core.completer import SimpleCompletion

    line = _line_before_cursor(context)
    match = _CALL.match(line)
    if match is None or (match[1] == "%%" and context.cursor_line != 0):
        return {"completions": []}
    words = match[2].split()
    fragment = "" if not words or line[-1] in " \t" else words.pop()
    candidates = _cell_candidates(ipython, words, fragment) if match[1] == "%%" else _line_candidates(ipython, words)
    last = fragment.rpartition(",")[2]
    if words and words[-1] == "--context":
        fragment = last
    return {
        "completions": [SimpleCompletion(text=item, type="param") for item in candidates if item.startswith(fragment)],
        "matched_fragment": fragment,
        "suppress": True,
    }


def _line_before_cursor(context: CompletionContext) -> str:
    lines = context.full_text.split("\n")
    line = lines[context.cursor_line] if context.cursor_line < len(lines) else ""
    return line[: context.cursor_position]


def _cell_candidates(ipython: InteractiveShell, words: list[str], fragment: str) -> list[str]:
    previous = words[-1] if words else ""
    if previous in {"-f", "--format"}:
        return list(FORMATS)
    if previous == "--gear":
        return list(GEAR_NAMES)
    if previous == "--persona":
        return [each.name for each in session_of(ipython).client.agents.personas().personas]
    if previous in _WITH_NAME:
        return sorted(name for name in ipython.user_ns if not name.startswith("_"))
    if previous in _WITH_FREE_VALUE:
        return []
    if fragment.startswith("-"):
        return [
            spelling
            for option in OPTIONS
            for spelling in (option.long, option.short)
            if spelling and spelling not in words
        ]
    options = [option.long for option in OPTIONS if option.long not in words]
    return [*session_of(ipython).model_ids(), *options]


def _line_candidates(ipython: InteractiveShell, words: list[str]) -> list[str]:
    match words:
        case []:
            return list(MEANINGS)
        case ["use"]:
            return ["default", *session_of(ipython).model_ids()]
        case ["models"]:
            return ["refresh"]
        case ["history"]:
            return ["notebook"]
        case ["undo"]:
            return ["list"]
        case ["gear"]:
            return list(GEAR_NAMES)
        case ["stop" | "run" | "pause" | "resume"]:
            return list(session_of(ipython).following)
        case ["proposals"]:
            return ["accept", "refuse"]
        case ["explain"]:
            return sorted(name for name in ipython.user_ns if not name.startswith("_"))
    return []
