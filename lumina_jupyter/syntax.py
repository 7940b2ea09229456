"""Python's own parser, which several threads may ask at once."""

from __future__ import annotations

import ast
from typing import Literal, overload

TRIES = 5


@overload
def parse(source: str) -> ast.Module: ...
@overload
def parse(source: str, *, filename: str, mode: Literal["eval"]) -> ast.Expression: ...


def parse(source: str, *, filename: str = "<unknown>", mode: Literal["exec", "eval"] = "exec") -> ast.AST:
    """The tree of a program or an expression, as `ast.parse` gives it.

    Python up to 3.12 counts the depth of the tree that it builds in one place for all threads. Where the garbage collector
    lets another thread build one meanwhile, the first is told of a wrong depth, and is right to ask again.

    Raises:
        SyntaxError: when it is no Python; ValueError, RecursionError or MemoryError in the ways that `ast` has.
    """
    for _ in range(TRIES - 1):
        try:
            return ast.parse(source, filename, mode)
        except SystemError:
            continue
    return ast.parse(source, filename, mode)
