"""A model's Markdown, made harmless.

JupyterLab shows the Markdown output of a cell that was just run without sanitizing it: a `<script>`
in an answer would run with the user's rights, a remote image would carry data away without a click.
A model can be led to write either by a text that it was shown. So, outside of code, HTML tags become
text but for a few plain ones, remote images become links, and links lead to web and mail addresses.

What counts as code is decided narrowly, because renderers differ: in doubt it is not code, and the
price of the doubt is a visible `&lt;`.
"""

from __future__ import annotations

import re

_PLAIN_TAGS = "b|i|em|strong|sub|sup|br|kbd|mark|u|s|del|ins|small|details|summary"
_KEPT = re.compile(rf"</?(?:{_PLAIN_TAGS})[ ]?/?>|<details open>|<(?:https?://|mailto:)[^\s<>]*>", re.IGNORECASE)
_TAG_OPENING = re.compile(r"<(?=[A-Za-z/!?])")
_CODE_START = re.compile(r"\\.|`+", re.DOTALL)
_PARAGRAPH = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n|$))+|\s+")
_HTML_BLOCK = re.compile(r"^(?:[^\w`<\n]|\d+[.)])*<", re.MULTILINE)
_MATH = re.compile(r"\$|\\\\[(\[]|\\begin\b")
_IMAGE = re.compile(r"!+(?=\[)(?!\[[^\]\n]*\]\((?:data:image/(?:png|jpeg|gif|webp);|attachment:))")
_LINK = re.compile(r"\](?=\(|:)")
_TARGET = re.compile(r"\][(:][ \t]*(?:<([^<>\n]*)>|([^\s<>)]+))")
_ALLOWED_TARGET = re.compile(
    r"(?:https?://|mailto:|attachment:|data:image/(?:png|jpeg|gif|webp);)\S*|[^:&\s]*(?:[/?#]\S*)?", re.IGNORECASE
)
_FENCE = re.compile(r"([ ]*)(?:((?:[-*+]|\d{1,9}[.)])[ ]+))?(`{3,}|~{3,})([^\n]*)")
_ITEM = re.compile(r"([ ]*)(?:[-*+]|\d{1,9}[.)])([ ]+)")


def harmless(markdown: str) -> str:
    """The Markdown with nothing in it that runs, loads or leads somewhere dangerous."""
    if not any(sign in markdown for sign in "<!]"):
        return markdown
    pieces: list[str] = []
    text: list[str] = []
    for line, is_code in _lines(markdown):
        if is_code:
            pieces.append(_harmless_text("".join(text)))
            text = []
            pieces.append(line)
        else:
            text.append(line)
    pieces.append(_harmless_text("".join(text)))
    return "".join(pieces)


def _lines(markdown: str) -> list[tuple[str, bool]]:
    """Each line, and whether it is certainly code for every renderer."""
    fences = _Fences()
    return [(line, fences.holds(line)) for line in re.split(r"(?<=\n)", markdown)]


class _Fences:
    """Follows code fences line by line. Once it cannot be sure where it is, nothing after counts as code."""

    def __init__(self) -> None:
        self._fence = ""
        self._inset = 0
        """Columns before the fence."""
        self._base = 0
        """Columns before the content of the list item that it stands in."""
        self._item = 0
        self._in_doubt = False
        self._lost = False

    def holds(self, line: str) -> bool:
        """Whether the line, which comes next, certainly stands in a fence."""
        if self._lost:
            return False
        indent = len(line) - len(line.lstrip(" "))
        match = _FENCE.match(line)
        if self._fence:
            return self._inside(line, indent, match)
        item = _ITEM.match(line)
        if item and not match:
            self._item = item.end()
        elif line.strip() and indent < self._item:
            self._item = 0
        if match and not (match[3][0] == "`" and "`" in match[4]):
            self._open(match, indent)
        # An HTML block, or mathematics that a renderer takes out first, may swallow a fence that follows.
        odd = _HTML_BLOCK.match(line) is not None or _MATH.search(line) is not None
        self._in_doubt = bool(line.strip()) and (self._in_doubt or odd)
        return False

    def _open(self, match: re.Match[str], indent: int) -> None:
        self._fence = match[3]
        if match[2]:
            self._item = match.start(3)
        self._inset = match.start(3)
        self._base = self._item if self._inset >= self._item else 0
        self._lost = self._in_doubt or self._inset - self._base > 3

    def _inside(self, line: str, indent: int, match: re.Match[str] | None) -> bool:
        if line.strip() and indent < self._inset:
            self._lost = True  # perhaps the list item ended, and the fence with it
            return False
        if match and match[3][0] == self._fence[0] and len(match[3]) >= len(self._fence) and not match[4].strip():
            self._lost = match[2] is not None or indent - self._base > 3
            self._fence = ""
        return not self._lost


def _harmless_text(text: str) -> str:
    """Markdown without fences, with its code spans left as they are."""
    return "".join(_harmless_paragraph(paragraph[0]) for paragraph in _PARAGRAPH.finditer(text))


def _harmless_paragraph(text: str) -> str:
    # Inside an HTML block there are no code spans, and beside mathematics renderers disagree on them.
    if "`" not in text or _MATH.search(text) or _HTML_BLOCK.search(text):
        return _harmless_words(text)
    pieces: list[str] = []
    position = 0
    start = _CODE_START.search(text)
    while start is not None:
        resume = start.end()
        if start[0][0] == "`":
            closing = re.compile(f"(?<!`){start[0]}(?!`)").search(text, resume, _line_end(text, resume))
            if closing is None:
                return _harmless_words(text)  # a span over several lines: what follows may be outside of it
            resume = closing.end()
            # A backslash before it, or a table's bar in it, and renderers disagree again.
            if text[start.start() - 1 : start.start()] != "\\" and "|" not in text[start.start() : resume]:
                pieces += [_harmless_words(text[position : start.start()]), text[start.start() : resume]]
                position = resume
        start = _CODE_START.search(text, resume)
    pieces.append(_harmless_words(text[position:]))
    return "".join(pieces)


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _harmless_words(text: str) -> str:
    # Entities, because a backslash could itself be escaped by one that stands before it.
    text = _TAG_OPENING.sub(lambda tag: "<" if _KEPT.match(text, tag.start()) else "&lt;", text)
    text = _IMAGE.sub("", text)
    return _LINK.sub(lambda link: "]" if _leads_nowhere_bad(text, link.start()) else "&#93;", text)


def _leads_nowhere_bad(text: str, bracket: int) -> bool:
    """Whether the link (or link definition) with this closing bracket has a target that is allowed, on the same line."""
    match = _TARGET.match(text, bracket)
    return match is not None and _ALLOWED_TARGET.fullmatch(match[1] or match[2] or "") is not None
