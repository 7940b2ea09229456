"""Changes of code that leave everything else as it was written."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from .... import syntax


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """Another text from one place to another: lines from 1, columns in bytes from 0, as `ast` counts them."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str

    @classmethod
    def of(cls, node: ast.expr | ast.stmt, text: str) -> Change:
        """Another text for a node."""
        return cls(node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0, text)


def parse(code: str) -> ast.Module:
    """The tree of code that is known to parse, without the warnings that Python has about it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return syntax.parse(code)


def text_of(code: str, node: ast.expr | ast.stmt) -> str:
    """A node as it is written."""
    return ast.get_source_segment(code, node) or ast.unparse(node)


def changed(code: str, changes: Iterable[Change]) -> str:
    """The code with the changes made; of two that overlap, the first alone."""
    lines = [line.encode() for line in code.split("\n")]
    last: tuple[int, int] | None = None
    for change in sorted(set(changes), reverse=True):
        if last is not None and (change.end_line, change.end_column) > last:
            continue
        head, tail = lines[change.line - 1][: change.column], lines[change.end_line - 1][change.end_column :]
        lines[change.line - 1 : change.end_line] = (head + change.text.encode() + tail).split(b"\n")
        last = (change.line, change.column)
    return b"\n".join(lines).decode()


def without(code: str, gone: Iterable[ast.stmt]) -> str:
    """The code without whole statements, and without the comments right above them."""
    lines = code.split("\n")
    dropped: set[int] = set()
    for node in gone:
        dropped.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        above = node.lineno - 1
        while above > 0 and lines[above - 1].strip().startswith("#"):
            dropped.add(above)
            above -= 1
    kept = [line for number, line in enumerate(lines, start=1) if number not in dropped]
    while kept and not kept[0].strip():
        kept.pop(0)
    joined = "\n".join(kept).rstrip()
    while dropped and "\n\n\n" in joined:
        joined = joined.replace("\n\n\n", "\n\n")
    return joined


def called(node: ast.AST) -> str:
    """The last name of what a call calls: `read_csv` of `pd.read_csv(…)`; empty for what is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
