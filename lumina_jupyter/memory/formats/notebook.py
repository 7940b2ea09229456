"""A conversation as a notebook: questions and prose as Markdown, Python in answers as cells that can be run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..transcript import Exchange, Transcript

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})\s*([\w+-]*)[^`]*$")
_PYTHON = {"python", "py", "python3", "ipython", "ipython3"}


def write(transcript: Transcript) -> str:
    """The conversation as a notebook of nbformat 4.5."""
    import nbformat

    notebook = nbformat.v4.new_notebook()
    notebook.metadata["language_info"] = {"name": "python"}
    title = transcript.conversation.title or "Conversation"
    notebook.cells = [_markdown(f"# {title}")]
    for exchange in transcript.exchanges:
        notebook.cells += _cells(exchange)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook))


def _cells(exchange: Exchange) -> Iterator[Any]:
    asker = exchange.by.get("name") or "Question"
    names = [f"{image.sha256[:16]}.{image.media_type.rpartition('/')[2]}" for image in exchange.images]
    pictures = "".join(f"\n\n![image](attachment:{name})" for name in names)
    cell = _markdown(f"**{asker}:** {exchange.question}{pictures}")
    if names:
        cell["attachments"] = {
            name: {image.media_type: image.part.data} for name, image in zip(names, exchange.images, strict=True)
        }
    yield cell
    for is_code, text in blocks(exchange.answer):
        if text.strip():
            yield _code(text.strip("\n")) if is_code else _markdown(text.strip("\n"))
    if exchange.failure:
        yield _markdown(f"> The answer failed: {exchange.failure}")


def blocks(answer: str) -> Iterator[tuple[bool, str]]:
    """An answer's blocks of Python, without their fences, and what is between them; code of other languages is text."""
    lines: list[str] = []
    fence = ""
    is_python = False
    for line in answer.splitlines(keepends=True):
        found = _FENCE.match(line)
        if not fence and found:
            fence, is_python = found[1], found[2].lower() in _PYTHON
            if is_python:
                yield False, "".join(lines)
                lines = []
                continue
        elif fence and _closes(line, fence):
            if is_python:
                yield True, "".join(lines)
                lines, fence, is_python = [], "", False
                continue
            fence = ""
        lines.append(line)
    yield is_python, "".join(lines)


def _closes(line: str, fence: str) -> bool:
    text = line.strip()
    return len(text) >= len(fence) and set(text) == {fence[0]}


def _markdown(text: str) -> Any:
    import nbformat

    return nbformat.v4.new_markdown_cell(text)


def _code(text: str) -> Any:
    import nbformat

    return nbformat.v4.new_code_cell(text)
