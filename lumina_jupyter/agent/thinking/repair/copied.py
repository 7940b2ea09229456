"""Code that the model copied out of other cells."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ...scene import Scene
from .edits import parse, without

MOST_CELLS = 200
_LONGEST = 20_000


def without_copies(code: str, scene: Scene, before: str, given: Iterable[str] = ()) -> str:
    """Without top-level assignments and definitions that stand word for word in another cell that has run.

    Args:
        code: What was written.
        scene: The other cells.
        before: The cell's text that this takes the place of: what stood there stays.
        given: Functions and classes that are not to be defined anew, however they are written.
    """
    own = _statements(before)
    others: set[str] = set()
    for cell in scene.notebook.cells[:MOST_CELLS]:
        if cell.kind == "code" and cell.execution_count is not None and cell.source != before:
            others |= _statements(cell.source)
    names = set(given)
    body = parse(code).body
    gone = [node for node in body if (ast.dump(node) in others - own) or _defines(node) in names]
    return without(code, gone) if gone and len(gone) < len(body) else code


def _statements(source: str) -> set[str]:
    """The assignments and definitions of a cell, as trees; imports may be said twice."""
    if len(source) > _LONGEST:
        return set()
    try:
        body = parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    kinds = (ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {ast.dump(node) for node in body if isinstance(node, kinds)}


def _defines(node: ast.stmt) -> str:
    return node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else ""
