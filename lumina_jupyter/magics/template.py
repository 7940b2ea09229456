r"""Variables in a prompt: `{{name}}` and `{{expression}}`, and nothing else.

A pair of double braces is ours when what stands between them is a Python expression. Everything else
in braces is text and stays exactly as typed: `{}`, `{0}`, `{'a': 1}`, JSON, `{% … %}`. So do

- runs of three or more opening braces, and bare constants such as `{{0}}`, `{{...}}` or `{{"text"}}`;
- a group after a TeX command: `\frac{{a}}{b}`;
- what stands inside an f-string: `f"{{x}}"`;
- the spaced form `{{ name }}` inside quotes, backticks or a code fence, because there it is Jinja's
  (the tight form `{{name}}` is ours everywhere).

Values are put in once: braces inside a value are never expanded.
"""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

from ..errors import ExpressionFailed, UnknownName
from ..syntax import parse
from .quoting import Quoting

MOST = 5_000
"""Double braces that are looked at in one text; a prompt has a handful, pasted data may have millions."""
_LONGEST = 2_000
"""Characters of an expression at most; longer ones are text."""
_ENDS_TRIED = 12
"""How many `}}` after a `{{` are tried as its end."""

_OPENING = re.compile(r"(?<!\{)\{\{(?!\{)")
_TEX_COMMAND = re.compile(r"\\[A-Za-z]+\*?(?:\[[^\[\]\n]*\]|\{[^{}\n]*\}|\{\{[^{}\n]*\}\})*$")
_TEX_REACH = 200
"""Characters before a `{{` in which a TeX command may begin."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One `{{expression}}` in a text: where it stands and what it means."""

    start: int
    end: int
    expression: str
    code: CodeType
    names: tuple[str, ...]
    """The names that the expression takes from its surroundings, in the order of their first use."""


def placeholders(text: str) -> list[Placeholder]:
    """Every `{{expression}}` of a text, in order."""
    last_closing = text.rfind("}}")
    found: list[Placeholder] = []
    if last_closing < 0:
        return found
    quoting = Quoting(text)
    position = 0
    for _ in range(MOST):
        match = _OPENING.search(text, position, last_closing)
        if match is None:
            break
        placeholder = _placeholder_at(text, match.start(), quoting)
        if placeholder is None:
            position = match.end()
        else:
            found.append(placeholder)
            position = placeholder.end
    return found


def render(text: str, namespace: Mapping[str, Any], show: Callable[[Any], str]) -> str:
    """The text with every `{{expression}}` replaced by its value as `show` writes it.

    Raises:
        UnknownName: when an expression uses a name that is in neither the namespace nor the builtins.
        ExpressionFailed: when evaluating an expression, or showing its value, raises.
    """
    found = placeholders(text)
    if not found:
        return text
    for placeholder in found:
        for name in placeholder.names:
            if name not in namespace and not hasattr(builtins, name):
                raise UnknownName(
                    f"There is no variable {name!r}, which the prompt uses in {{{{{placeholder.expression}}}}}."
                )
    surroundings = dict(namespace)
    pieces: list[str] = []
    position = 0
    for placeholder in found:
        pieces.append(text[position : placeholder.start])
        shown = _shown(placeholder, surroundings, show)
        pieces.append(_set_apart(shown, text, placeholder))
        position = placeholder.end
    pieces.append(text[position:])
    return "".join(pieces)


def _placeholder_at(text: str, start: int, quoting: Quoting) -> Placeholder | None:
    if _TEX_COMMAND.search(text, max(0, start - _TEX_REACH), start) or quoting.in_f_string(start):
        return None
    inside = start + 2
    limit = min(len(text), inside + _LONGEST + 2)
    following = text.find("{{", inside, limit)
    limit = limit if following < 0 else following
    closing = text.find("}}", inside, limit)
    for _ in range(_ENDS_TRIED):
        if closing < 0:
            return None
        source = text[inside:closing]
        compiled = _compiled(source)
        if compiled is not None:
            spaced = source[:1].isspace() and source[-1:].isspace()
            if spaced and quoting.quoted(start, closing + 2):
                return None
            return Placeholder(start, closing + 2, source.strip(), *compiled)
        closing = text.find("}}", closing + 1, limit)
    return None


def _compiled(source: str) -> tuple[CodeType, tuple[str, ...]] | None:
    """The expression's code and free names; None when the source is no expression of ours."""
    expression = source.strip()
    if not expression:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parse(expression, filename="<prompt>", mode="eval")
            if isinstance(tree.body, ast.Constant) or _is_bare_tuple(expression, tree):
                return None
            code = compile(tree, "<prompt>", "eval")
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
        return None
    names = _free_names(tree)
    return None if names is None else (code, names)


def _is_bare_tuple(expression: str, tree: ast.Expression) -> bool:
    # `{{a, b}}` and `{{}, {}}` are far more often text than a tuple; `{{(a, b)}}` says it clearly.
    return isinstance(tree.body, ast.Tuple) and not expression.startswith("(")


def _free_names(tree: ast.Expression) -> tuple[str, ...] | None:
    used: dict[str, None] = {}
    bound: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.NamedExpr() | ast.Await() | ast.Yield() | ast.YieldFrom():
                return None  # would change the notebook's variables, or needs an event loop
            case ast.Name(id=name, ctx=ast.Load()):
                used.setdefault(name)
            case ast.Name(id=name):
                bound.add(name)
            case ast.arg(arg=name):
                bound.add(name)
    return tuple(name for name in used if name not in bound)


def _shown(placeholder: Placeholder, surroundings: dict[str, Any], show: Callable[[Any], str]) -> str:
    try:
        return show(eval(placeholder.code, surroundings))  # noqa: S307 - the user's own code, in the user's own kernel
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the user's and is told
        reason = type(error).__name__
        try:
            detail = str(error).strip().splitlines()
        except Exception:  # noqa: BLE001 - an exception whose own text fails
            detail = []
        if detail:
            reason += f": {detail[0][:300]}"
        raise ExpressionFailed(f"{{{{{placeholder.expression}}}}} in the prompt raised {reason}.") from None


def _set_apart(shown: str, text: str, placeholder: Placeholder) -> str:
    """A value of several lines stands on lines of its own."""
    if "\n" not in shown:
        return shown
    before = "" if placeholder.start == 0 or text[placeholder.start - 1] == "\n" else "\n"
    alone = placeholder.end == len(text) or text[placeholder.end] == "\n"
    after = "" if alone or shown.endswith("\n") else "\n"
    return f"{before}{shown}{after}"
