"""From what a cell holds to plain Python: magics and shell commands become expressions, broken lines are left out."""

from __future__ import annotations

import ast
import re
import warnings

from ..syntax import parse

LONGEST = 100_000
"""Characters of a cell that is looked into; longer ones hold pasted data."""

_PYTHON_MAGICS = {"time", "timeit", "capture", "prun", "python", "python3", "pypy", "debug", "memit", "mprun", "lprun"}
"""Cell magics whose body is Python that runs in this kernel."""
_OTHER_PROCESS = {"python", "python3", "pypy"}
_CELL_MAGIC = re.compile(r"\s*%%(\w+)[ \t]*([^\n]*)\n?")
_CAPTURED = re.compile(r"(?:^|\s)(?!-)([^\W\d]\w*)")
_OUTPUT_OPTION = re.compile(r"(?:^|\s)(?:-o|--output|--out)[ =]?\s*([^\W\d]\w*)")
_LINE_MAGIC = re.compile(
    r"^(?P<indent>[ \t]*)(?:(?P<target>[^\W\d][\w.,\[\] \t]*?)[ \t]*=[ \t]*)?(?P<magic>[!%])(?P<rest>.*)$"
)
_HELP = re.compile(r"^(?P<indent>[ \t]*)(?P<before>\?{1,2})?(?P<name>[^\W\d][\w.]*)(?P<after>\?{1,2})?[ \t]*;?$")
_TIME = re.compile(r"(?:time|timeit|prun)\b(?P<options>(?:[ \t]+-[nrqcopT][ \t]*\d*)*)[ \t]+(?P<code>[^-\s].*)$")
_SHELL_NAMES = re.compile(r"\{([^\W\d]\w*)\}|(?<!\$)\$([^\W\d]\w*)")


def parsed(source: str) -> tuple[ast.Module, bool]:
    """The syntax tree of a cell, and whether all of it could be read."""
    if len(source) > LONGEST:
        return ast.Module(body=[], type_ignores=[]), False
    body, complete = without_cell_magic(source)
    tree = _parse(body)
    if tree is not None:
        return tree, complete
    body = without_line_magics(body)
    tree = _parse(body)
    if tree is not None:
        return tree, complete
    return _what_can_be_read(body), False


def without_cell_magic(source: str) -> tuple[str, bool]:
    """The Python of a cell that may begin with `%%magic`; nothing for another language."""
    match = _CELL_MAGIC.match(source)
    if match is None:
        return source, True
    name, options = match[1], match[2]
    outputs = [found[1] for found in _OUTPUT_OPTION.finditer(options)]
    if name == "capture":
        outputs += [found[1] for found in _CAPTURED.finditer(options)]
    assigned = "".join(f"\n{output} = None" for output in outputs)
    if name in _PYTHON_MAGICS and name not in _OTHER_PROCESS:
        return f"{source[match.end() :]}{assigned}", True
    return assigned, True


def without_line_magics(source: str) -> str:
    """The source with every line of IPython's own syntax made into an expression with the same names."""
    lines = source.split("\n")
    made: list[str] = []
    position = 0
    while position < len(lines):
        line = lines[position]
        while line.endswith("\\") and _LINE_MAGIC.match(line) and position + 1 < len(lines):
            position += 1
            line = f"{line[:-1]} {lines[position].strip()}"
        made.append(_without_magic(line))
        position += 1
    return "\n".join(made)


def _without_magic(line: str) -> str:
    magic = _LINE_MAGIC.match(line)
    if magic is not None:
        timed = _TIME.match(magic["rest"]) if magic["magic"] == "%" else None
        if timed is not None and not magic["target"]:
            return f"{magic['indent']}{timed['code']}"
        names = [found[1] or found[2] for found in _SHELL_NAMES.finditer(magic["rest"])]
        names = [name for name in names if name.isidentifier()]
        value = f"({', '.join(names)},)" if names else "None"
        target = f"{magic['target']} = " if magic["target"] else ""
        return f"{magic['indent']}{target}{value}"
    helped = _HELP.match(line)
    if helped is not None and (helped["before"] or helped["after"]):
        return f"{helped['indent']}{helped['name']}"
    return line


def _parse(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


_GOES_ON = re.compile(r"[ \t)\]}]|(?:else|elif|except|finally|case)\b|#|$")


def _what_can_be_read(source: str) -> ast.Module:
    """The statements of a cell that does not parse, each top-level one by itself, without the broken ones."""
    statements: list[list[str]] = []
    decorated = False
    for line in source.split("\n"):
        if not statements or not (decorated or _GOES_ON.match(line)):
            statements.append([])
        statements[-1].append(line)
        decorated = line.startswith("@")
    body: list[ast.stmt] = []
    for lines in statements:
        tree = _parse("\n".join(lines))
        if tree is not None:
            body += tree.body
    return ast.Module(body=body, type_ignores=[])
