"""The code and the JSON in a Markdown answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})[ \t]*([^\s`]*)[^\n`]*$")
_PYTHON = {"", "python", "python3", "py", "ipython", "ipython3", "py3", "{python}"}


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """One fenced block: its language as written, and its code."""

    language: str
    code: str


def code_blocks(markdown: str) -> list[CodeBlock]:
    """The fenced blocks of an answer; one that was cut off at the end counts too."""
    found: list[CodeBlock] = []
    opened: re.Match[str] | None = None
    lines: list[str] = []
    for line in markdown.replace("\r\n", "\n").split("\n"):
        match = _FENCE.match(line)
        if opened is None:
            opened, lines = match, []
        elif match and match[2][0] == opened[2][0] and len(match[2]) >= len(opened[2]) and not match[3]:
            found.append(_block(opened, lines))
            opened = None
        else:
            lines.append(line)
    if opened is not None and any(line.strip() for line in lines):
        found.append(_block(opened, lines))
    return found


def _block(opened: re.Match[str], lines: list[str]) -> CodeBlock:
    indent = len(opened[1])
    code = "\n".join(line[indent:] if not line[:indent].strip() else line for line in lines)
    return CodeBlock(opened[3].lower(), code.strip("\n"))


def python_code(markdown: str) -> str:
    """The Python code of an answer: its fenced blocks, or all of it when it has none and compiles."""
    blocks = code_blocks(markdown)
    chosen = [block.code for block in blocks if block.language in _PYTHON] or [block.code for block in blocks]
    if chosen:
        return "\n\n".join(code for code in chosen if code.strip())
    bare = markdown.strip()
    try:
        compile(bare, "<answer>", "exec")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return ""
    # A lone word or sentence fragment may compile as well, but is no program.
    return bare if re.search(r"[=()\[\]:]|^(?:import|from|pass)\b", bare) else ""


def json_data(text: str) -> Any:
    """The JSON value that an answer is, or that its first fenced block with JSON holds.

    Raises:
        ValueError: when there is none.
    """
    candidates = [text.strip(), *(block.code for block in code_blocks(text))]
    start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    for candidate in candidates:
        try:
            return json.loads(candidate, parse_constant=_no_json)
        except (ValueError, RecursionError):
            continue
    if start >= 0:
        try:
            return json.JSONDecoder(parse_constant=_no_json).raw_decode(text, start)[0]
        except RecursionError as error:
            raise ValueError("the JSON is nested too deeply") from error
    raise ValueError("there is no JSON in the answer")


def _no_json(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")
