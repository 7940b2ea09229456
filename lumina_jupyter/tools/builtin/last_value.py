"""Shows the value of a program's last line, as a notebook's cell does."""

from __future__ import annotations

import ast
import re

from ...syntax import parse

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BEFORE, _AFTER = b"__import__('sys').displayhook((", b"))"


def with_last_value(code: str) -> str:
    """The program, whose last value is shown if it is an expression that no semicolon follows.

    Every line keeps its number, so that a traceback tells the right one.

    Raises:
        SyntaxError: when it is no Python; ValueError, RecursionError or MemoryError in the ways that `ast` has.
    """
    body = parse(code).body
    last = body[-1] if body else None
    if not isinstance(last, ast.Expr) or isinstance(last.value, ast.Yield | ast.YieldFrom | ast.Await):
        return code
    data = code.encode()
    begin, end = (
        _place(data, last.lineno, last.col_offset),
        _place(data, last.end_lineno or 0, last.end_col_offset or 0),
    )
    if data[end:].lstrip(b" \t\f\\\r\n").startswith(b";"):
        return code
    return (data[:begin] + _BEFORE + data[begin:end] + _AFTER + data[end:]).decode()


def _place(data: bytes, line: int, column: int) -> int:
    """The place in UTF-8 at which a line's column is, as `ast` counts them."""
    starts = [0, *(found.end() for found in _LINE_END.finditer(data))]
    return starts[line - 1] + column
