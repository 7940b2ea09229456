"""The source of modules of `plain`, as one text without their imports."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterable

from lumina_jupyter.automl.export.source import PLAIN


def inlined(modules: Iterable[str]) -> tuple[set[str], str]:
    """What the modules import, and everything else that is in them.

    Args:
        modules: Names of modules of `PLAIN`.
    """
    imports: set[str] = set()
    bodies = []
    for name in sorted(set(modules)):
        needed, body = _parted(inspect.getsource(importlib.import_module(f"{PLAIN}.{name}")))
        imports |= needed
        bodies.append(body)
    return imports, "\n\n\n".join(bodies)


def _parted(source: str) -> tuple[set[str], str]:
    lines = source.splitlines()
    imports = set()
    for node in ast.parse(source).body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not isinstance(node, ast.Import | ast.ImportFrom) and not (is_docstring and node.lineno == 1):
            continue
        if isinstance(node, ast.ImportFrom):
            imports |= {f"from {node.module} import {ast.unparse(each)}" for each in node.names}
        elif isinstance(node, ast.Import):
            imports |= {f"import {ast.unparse(each)}" for each in node.names}
        for number in range(node.lineno - 1, node.end_lineno or node.lineno):
            lines[number] = ""
    return imports - {"from __future__ import annotations"}, "\n".join(lines).strip("\n")


def joined(imports: Iterable[str]) -> str:
    """Import statements as one text: the standard library first, names of one module on one line."""
    direct: set[str] = set()
    named: dict[str, set[str]] = {}
    for statement in imports:
        if statement.startswith("from "):
            module, _, names = statement.removeprefix("from ").partition(" import ")
            named.setdefault(module, set()).update(each.strip() for each in names.split(","))
        else:
            direct.add(statement)
    lines = [(_module(each), 0, each) for each in direct]
    lines += [(module, 1, f"from {module} import {', '.join(sorted(names))}") for module, names in named.items()]
    own = sorted(line for line in lines if not _standard(line[0]))
    standard = sorted(line for line in lines if _standard(line[0]))
    blocks = ["\n".join(text for *_, text in block) for block in (standard, own) if block]
    return "\n\n".join(blocks)


def _module(statement: str) -> str:
    return statement.split()[1]


def _standard(module: str) -> bool:
    import sys

    return module.split(".")[0] in sys.stdlib_module_names
