"""Changes in place of a column, which pandas makes to a copy that nobody sees."""

from __future__ import annotations

import ast

from .edits import Change, changed, parse, text_of

_METHODS = {"fillna", "replace", "ffill", "bfill", "interpolate", "clip", "mask", "where", "dropna", "drop_duplicates"}


def with_columns_assigned(code: str) -> str:
    """With `df['x'].fillna(0, inplace=True)` made `df['x'] = df['x'].fillna(0)`."""
    changes = [change for node in ast.walk(parse(code)) if isinstance(node, ast.Expr) for change in _change(code, node)]
    return changed(code, changes) if changes else code


def _change(code: str, node: ast.Expr) -> list[Change]:
    call = node.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr not in _METHODS:
        return []
    column = call.func.value
    if not isinstance(column, ast.Subscript):
        return []
    kept = [each for each in call.keywords if each.arg != "inplace"]
    in_place = [each for each in call.keywords if each.arg == "inplace"]
    if not in_place or not isinstance(in_place[0].value, ast.Constant) or in_place[0].value.value is not True:
        return []
    arguments = [text_of(code, each) for each in call.args]
    arguments += [
        f"{each.arg}={text_of(code, each.value)}" if each.arg else f"**{text_of(code, each.value)}" for each in kept
    ]
    place = text_of(code, column)
    return [Change.of(node, f"{place} = {place}.{call.func.attr}({', '.join(arguments)})")]
