"""Text from outputs and sources, made fit for a model: no escape sequences, no overwritten lines, no secrets, not long."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from ..telemetry.redaction import redact

_ESCAPES = re.compile(
    r"""
      \x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]     # CSI: colours, cursor
    | \x1b\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)  # OSC: titles, links
    | \x1b[PX^_][^\x1b]{0,4096}\x1b\\       # DCS and its like
    | \x1b[ -/]{0,8}[0-~]
    | [\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]
    """,
    re.VERBOSE,
)
_BACKSPACE = re.compile(r"[^\b\n]\x08")
_BACKSPACES = 20
"""Backspaces in a row that are done; more are rare and dropped."""
_BLANKS = re.compile(r"\n{3,}")
_CUT_REACH = 4_096
"""Characters within which a cut looks for white space, so that no secret is cut into a piece that no pattern knows."""


def plain(text: str) -> str:
    """Text as a terminal would show it in the end: carriage returns and backspaces done, escape sequences gone."""
    for _ in range(_BACKSPACES):
        if "\b" not in text:
            break
        text = _BACKSPACE.sub("", text)
    if "\x1b" in text or not text.isprintable():
        text = _ESCAPES.sub("", text)
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        text = "\n".join(_last_written(line) for line in text.split("\n"))
    return text


def _last_written(line: str) -> str:
    """What a line shows after its carriage returns: the last text, and what it did not cover."""
    shown = ""
    for piece in line.split("\r")[-8:]:
        shown = piece + shown[len(piece) :] if piece else shown
    return shown


def head_and_tail(text: str, lines: int, characters: int) -> str:
    """The first and the last of so many lines and characters, and between them what was left out."""
    text = _BLANKS.sub("\n\n", text)
    split = text.split("\n")
    if len(split) > lines:
        head = lines // 2
        left = len(split) - lines
        split[head : len(split) - (lines - head)] = [f"[… {left:,} lines left out …]"]
        text = "\n".join(split)
    if len(text) <= characters:
        return text
    half = characters // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half:,} characters left out …]\n{text[-half:]}"


def bounded(text: str, characters: int) -> str:
    """A long text's beginning and end, cut at white space; for what is far too long to be cleaned as a whole."""
    if len(text) <= characters:
        return text
    half = characters // 2
    head, tail = text[:half], text[-half:]
    end = max(head.rfind(" "), head.rfind("\n"))
    head = head[:end] if end > half - _CUT_REACH else head
    starts = [at for at in (tail.find(" "), tail.find("\n")) if 0 <= at < _CUT_REACH]
    tail = tail[min(starts) :] if starts else tail
    return f"{head}\n[… {len(text) - len(head) - len(tail):,} characters left out …]\n{tail}"


def clean(text: str, *, lines: int, characters: int) -> str:
    """All of it, for one text: bounded first, so that a gigabyte costs no more than a page."""
    return head_and_tail(redact(plain(bounded(text, 16 * characters))), lines, characters).strip("\n")


# --- HTML ------------------------------------------------------------------------------------------

_HIDDEN = {"script", "style", "head", "template", "noscript", "svg"}
_LINES = {"p", "div", "tr", "li", "br", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre", "section"}


def html_text(html: str, *, lines: int, characters: int) -> str:
    """The text of HTML, tables with ` | ` between their columns; nothing of scripts and styles."""
    reader = _HtmlText()
    reader.feed(bounded(html, 32 * characters))
    reader.close()
    text = "\n".join(
        line for line in (" ".join(each.split()) for each in reader.text().split("\n")) if line.strip("| ")
    )
    return clean(text, lines=lines, characters=characters)


class _HtmlText(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _LINES:
            self._pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in {"td", "th"}:
            self._pieces.append(" | ")
        elif tag in _LINES:
            self._pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._pieces.append(" ".join(data.split("\n")))

    def text(self) -> str:
        return "".join(self._pieces)
