r"""Mentions: what a question names with `@`.

| written | means |
|---|---|
| `@df`, `@variable:df` | the variable, if the kernel has it |
| `@df.price`, `@df."unit price"` | a column (or an attribute) of a variable |
| `@cell` | the active cell; in a magic the cell above |
| `@cell:1f3a` | the cell with that id, or whose id alone begins so (4 characters at least) |
| `@cell:#5` | the fifth cell |
| `@file:data/a.csv`, `@file:"a path.csv"` | a file; in quotes `\"` is a quote and `\\` a backslash |
| `@doc:pandas.DataFrame.merge` | the documentation of what has that name in the kernel |
| `@selection`, `@error`, `@notebook` | what is selected, the last error, the notebook |

An `@` opens a mention only where a word can begin: not inside e-mail addresses and URLs, not in backticks or code
fences, and not where it decorates a function. Whether a bare `@name` names anything is for the kernel to say; if it
does not, it stays text. A full stop or bracket after a mention is punctuation.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

MentionKind = Literal["name", "variable", "cell", "file", "documentation", "selection", "error", "notebook"]
"""`name` is a bare word, which is a variable if there is one of that name."""

_WORDS: dict[str, MentionKind] = {
    "cell": "cell",
    "selection": "selection",
    "error": "error",
    "notebook": "notebook",
}
MOST = 100
"""Mentions in one text; what comes after is text."""

_IDENTIFIER = r"[^\W\d]\w*"
_QUOTED = r'"(?:[^"\\\n]|\\.)*"'
_MENTION = re.compile(
    rf"""
    (?<![\w@./\\:%+\-=~&?#$])@
    (?:
        file:(?:(?P<quoted>{_QUOTED})|(?P<path>[^\s"'`<>|*?]+))
      | cell:(?P<cell>\#\d{{1,6}}|[A-Za-z0-9][A-Za-z0-9_-]*)
      | doc:(?P<documented>{_IDENTIFIER}(?:\.{_IDENTIFIER})*)
      | (?:(?P<variable>variable):)?(?P<name>{_IDENTIFIER})(?P<column>(?:\.(?:{_IDENTIFIER}|{_QUOTED}))*)
    )
    """,
    re.VERBOSE,
)
_TRAILING = ".,;:!?)]}"
_STEP = re.compile(rf"\.(?:({_IDENTIFIER})|({_QUOTED}))")
_ESCAPE = re.compile(r"\\(.)")
_FENCE = re.compile(r"^[ ]{0,12}(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)
_INLINE = re.compile(r"(?<!`)(`{1,8})(?!`)[^`\n]{1,4000}?(?<!`)\1(?!`)")
_DECORATOR = re.compile(rf"^[ \t]*@{_IDENTIFIER}(?:\.{_IDENTIFIER})*[ \t]*(?:\(|\#|$)", re.MULTILINE)
_DEFINITION = re.compile(r"[ \t]*(?:async[ \t]+def|def|class)\b")
_DECORATOR_LINES = 20
"""Lines between a decorator and what it decorates at most."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention: `text[start:end]` is what was written.

    Args:
        target: A variable's name, a cell's id or `#number`, a file's path, a dotted name; empty where the kind says all.
        path: The columns or attributes after a variable's name.
    """

    start: int
    end: int
    kind: MentionKind
    target: str = ""
    path: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """Equal for two mentions of the same thing."""
        return ("variable" if self.kind == "name" else self.kind, self.target, self.path)


def mentions(text: str) -> tuple[Mention, ...]:
    """The mentions of a text in order, at most `MOST`; takes linear time."""
    if "@" not in text:
        return ()
    code = _code_spans(text)
    found: list[Mention] = []
    for match in _MENTION.finditer(text):
        if _inside(code, match.start()):
            continue
        found.append(_mention(match))
        if len(found) == MOST:
            break
    return tuple(found)


def inert(text: str) -> str:
    """Text from elsewhere, such as a variable's value, with no mention in it that would be followed.

    A word joiner, which nobody sees, parts each `@` from the word that makes it a mention. Bare names stay as they
    are: they name no more than variables, which who asks has at hand anyway.
    """
    found = [each for each in mentions(text) if each.kind != "name"]
    while found:
        for each in reversed(found):
            text = f"{text[: each.start + 1]}\u2060{text[each.start + 1 :]}"
        found = [each for each in mentions(text) if each.kind != "name"]
    return text


def write(mention: Mention) -> str:
    """How a mention is written, so that reading it gives the same again."""
    match mention.kind:
        case "file":
            return f"@file:{_path_written(mention.target)}"
        case "cell":
            return f"@cell:{mention.target}" if mention.target else "@cell"
        case "documentation":
            return f"@doc:{mention.target}"
        case "name" | "variable":
            prefix = "variable:" if mention.kind == "variable" else ""
            steps = "".join(f".{step if step.isidentifier() else _quote(step)}" for step in mention.path)
            return f"@{prefix}{mention.target}{steps}"
    return f"@{mention.kind}"


def _mention(match: re.Match[str]) -> Mention:
    start, end = match.span()
    if match["quoted"] is not None:
        return Mention(start, end, "file", _unquote(match["quoted"]))
    if match["path"] is not None:
        path = match["path"].rstrip(_TRAILING)
        if path:
            return Mention(start, match.start("path") + len(path), "file", path)
        return Mention(start, start + len("@file"), "name", "file")
    if match["cell"] is not None:
        target = match["cell"].rstrip("-_") or match["cell"]
        return Mention(start, match.start("cell") + len(target), "cell", target)
    if match["documented"] is not None:
        return Mention(start, end, "documentation", match["documented"])
    path = tuple(step[1] if step[1] is not None else _unquote(step[2]) for step in _STEP.finditer(match["column"]))
    if match["variable"]:
        return Mention(start, end, "variable", match["name"], path)
    kind = _WORDS.get(match["name"])
    if kind is not None and not path:
        return Mention(start, end, kind)
    return Mention(start, end, "name", match["name"], path)


def _path_written(path: str) -> str:
    bare = re.fullmatch(r"""[^\s"'`<>|*?]+""", path)
    return path if bare and path[-1] not in _TRAILING else _quote(path)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _unquote(quoted: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] == "n" else match[1], quoted[1:-1])


# --- where an @ means something else ---------------------------------------------------------------


def _code_spans(text: str) -> list[tuple[int, int]]:
    """Code fences, inline code and decorators, in order and apart from each other."""
    fences = _fences(text)
    spans = list(fences)
    spans += [match.span() for match in _INLINE.finditer(text) if not _inside(fences, match.start())]
    spans += [span for span in _decorators(text) if not _inside(fences, span[0])]
    spans.sort()
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _fences(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    marker, opened = "", 0
    for match in _FENCE.finditer(text):
        if not marker:
            marker, opened = match[1], match.start()
        elif match[1].startswith(marker) and not match[2].strip():
            found.append((opened, match.end()))
            marker = ""
    if marker:
        found.append((opened, len(text)))
    return found


def _decorators(text: str) -> list[tuple[int, int]]:
    """The lines from a decorator to what it decorates."""
    found: list[tuple[int, int]] = []
    reach = 0
    for match in _DECORATOR.finditer(text):
        if match.start() < reach:
            continue
        position = match.start()
        for _ in range(_DECORATOR_LINES):
            position = text.find("\n", position) + 1
            if position == 0:
                break
            if _DEFINITION.match(text, position):
                found.append((match.start(), position))
                reach = position
                break
            line_end = text.find("\n", position)
            line = text[position : line_end if line_end >= 0 else len(text)]
            if not line.strip():
                break
    return found


def _inside(spans: list[tuple[int, int]], position: int) -> bool:
    index = bisect_right(spans, position, key=lambda span: span[0]) - 1
    return index >= 0 and position < spans[index][1]
