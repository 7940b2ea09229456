"""The source of modules of `plain`, as one text without their imports."""

from __future__ import annotations

import ast
import importlib
import inspect
import io
import sys
import tokenize
from collections import Counter
from collections.abc import Iterable

from lumina_jupyter.automl.export.source import PLAIN


def inlined(modules: Iterable[str]) -> tuple[set[str], str]:
    """What the modules import, and everything else that is in them.

    What several of them define under one name of their own (with an underscore before it) is told apart by the module's name.

    Args:
        modules: Names of modules of `PLAIN`.
    """
    imports: set[str] = set()
    bodies = []
    sources = {name: inspect.getsource(importlib.import_module(f"{PLAIN}.{name}")) for name in sorted(set(modules))}
    counted = Counter(name for source in sources.values() for name in defined(source))
    for module, source in sources.items():
        clashing = {name for name in defined(source) if counted[name] > 1 and name.startswith("_")}
        needed, body = _parted(_renamed(source, {name: f"_{module}{name}" for name in clashing}))
        imports |= needed
        bodies.append(body)
    return imports, "\n\n\n".join(bodies)


def defined(source: str) -> list[str]:
    """The names of what a module defines, without what it imports."""
    names = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
    return names


def _renamed(source: str, names: dict[str, str]) -> str:
    """The source with names replaced, other than attributes."""
    lines = source.splitlines(keepends=True)
    before = ""
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and token.string in names and before != ".":
            found.append(token)
        before = token.string
    for token in reversed(found):
        row, (first, last) = token.start[0] - 1, (token.start[1], token.end[1])
        lines[row] = lines[row][:first] + names[token.string] + lines[row][last:]
    return "".join(lines)


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
    return module.split(".")[0] in sys.stdlib_module_names
