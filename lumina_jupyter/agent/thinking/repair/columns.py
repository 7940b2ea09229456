"""Columns of known tables, spelled as they are."""

from __future__ import annotations

import ast
import re

from ...scene import Scene
from .edits import Change, changed, parse

_SQUEEZED = re.compile(r"[\W_]+")


def with_columns_as_they_are(code: str, scene: Scene) -> str:
    """With `df['age']` made `df['Age']` where that is the one column that can be meant, and the code makes no other."""
    tables = {
        each.name: [column.name for column in each.columns]
        for each in scene.variables
        if each.columns and len(each.columns) == each.columns_total
    }
    tree = parse(code)
    bound = _bound(tree)
    made = _made_columns(tree)
    changes: list[Change] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name):
            continue
        columns = tables.get(node.value.id)
        if columns is None or node.value.id in bound:
            continue
        for each in node.slice.elts if isinstance(node.slice, ast.List | ast.Tuple) else [node.slice]:
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value not in made:
                right = meant(each.value, columns)
                changes += [Change.of(each, repr(right))] if right else []
    return changed(code, changes) if changes else code


def meant(name: str, columns: list[str]) -> str:
    """The one column that a name that is none can mean; empty when it is one, or it is not clear."""
    if name in columns:
        return ""
    squeezed = _SQUEEZED.sub("", name).lower()
    near = [column for column in columns if _SQUEEZED.sub("", column).lower() == squeezed]
    return near[0] if len(near) == 1 and squeezed else ""


def _bound(tree: ast.Module) -> set[str]:
    """Names that the code binds itself: what columns these have is not known."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}


def _made_columns(tree: ast.Module) -> set[str]:
    """The columns that the code makes: `df['x'] = …`."""
    return {
        str(node.slice.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and isinstance(node.slice, ast.Constant)
    }
