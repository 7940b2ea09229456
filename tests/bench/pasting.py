"""Where a person puts a plain answer: its code, or its words."""

from __future__ import annotations

from dataclasses import replace

from tests.bench.tasks.notebook_task import Cell, Paste


def pasted_into(
    cells: tuple[Cell, ...], about: tuple[str, ...], paste: Paste, text: str, blocks: list[str]
) -> tuple[Cell, ...]:
    """The notebook with the answer's code where a person puts it."""
    if paste == "heading":
        return (Cell(id="pasted", source=_prose(text), kind="markdown"), *cells)
    if paste == "nothing" or not blocks:
        return cells
    if paste == "add":
        return (*cells, Cell(id="pasted", source="\n\n".join(blocks)))
    sources = dict(zip(about, blocks, strict=False))
    if len(blocks) != len(about):
        # One cell, or as many blocks as fit no cells: all of it is what stands in the first.
        sources = {about[0]: "\n\n".join(blocks)}
    return tuple(replace(cell, source=sources.get(cell.id, cell.source), outputs=()) for cell in cells)


def _prose(text: str) -> str:
    """An answer's Markdown: what its first fence of Markdown holds, else all of it."""
    begin = text.find("```markdown")
    if begin < 0:
        begin = text.find("```md")
    if begin < 0:
        return text.strip()
    inside = text[begin:].split("\n", 1)[-1]
    return inside.split("```", 1)[0].strip()
