"""What checkers of code ask: whether it is the same but for what was to be changed."""

from __future__ import annotations

import ast

from .result import Wrong

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def parsed(source: str) -> ast.Module:
    """The code as a tree.

    Raises:
        Wrong: when it does not compile.
    """
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise Wrong(f"the code does not compile: {error.msg}") from error


def function_in(source: str, name: str) -> ast.FunctionDef:
    """The function of that name.

    Raises:
        Wrong: when there is none, or the code does not compile.
    """
    tree = parsed(source)
    found = next((node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name), None)
    if found is None:
        raise Wrong(f"there is no function {name} in the cell")
    return found


def bare(source: str) -> str:
    """The code without docstrings and annotations, in a form that can be compared."""
    tree = parsed(source)
    for node in ast.walk(tree):
        if not isinstance(node, _Function):
            continue
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        node.returns = None
        for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            argument.annotation = None
    kept = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    return ast.dump(ast.Module(kept, []))
