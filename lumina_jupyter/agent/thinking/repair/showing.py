"""A result that is computed and never shown."""

from __future__ import annotations

import ast

from .edits import called, parse

_SHOWS = {"print", "display", "show"}


def showing(code: str) -> str:
    """With what the last statement comes to printed, when nothing is shown."""
    body = parse(code).body
    if not body or isinstance(body[-1], ast.Expr) or any(_shows(node) for node in body):
        return code
    for node in reversed(body):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        for target in targets:
            names = [
                each.id for each in ast.walk(target) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            ]
            if names:
                return f"{code}\nprint({', '.join(names)})"
    return code


def _shows(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    return any(called(each) in _SHOWS for each in ast.walk(node))
