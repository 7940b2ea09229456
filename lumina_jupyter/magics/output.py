"""Where a magic's output goes: displays in a notebook, plain text in a terminal."""

from __future__ import annotations

import re
import sys
import uuid
from typing import TYPE_CHECKING, Any, Protocol

from .display_text import CleanStream, clean
from .safe_markdown import harmless

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

MimeBundle = dict[str, Any]


def markdown(text: str, plain: str | None = None) -> MimeBundle:
    """Markdown as a notebook keeps it: cleaned, made harmless, and as plain text for other viewers."""
    shown = clean(text)
    return {"text/markdown": harmless(shown), "text/plain": shown if plain is None else clean(plain)}


def escaped(text: str) -> str:
    """Plain text as Markdown that shows it as it is."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|$~&" else char for char in text)


_INLINE_CODE = re.compile(r"(`[^`\n]+`)")


def sentence(text: str) -> str:
    """A sentence of ours as Markdown: what stands in backticks is code, the rest is shown as it is."""
    parts = _INLINE_CODE.split(text)
    return "".join(part if index % 2 else escaped(part) for index, part in enumerate(parts))


class Output(Protocol):
    """Where a magic's output goes."""

    live: bool
    """Whether displays can be updated after they were shown."""

    def show(self, data: MimeBundle, metadata: dict[str, Any] | None = None) -> str:
        """Show something; returns an id to update it by."""
        ...

    def update(self, display: str, data: MimeBundle, metadata: dict[str, Any] | None = None) -> None:
        """Replace what was shown under that id."""
        ...

    def stream(self, text: str) -> None:
        """Add plain text to the running text output."""
        ...

    def next_cell(self, code: str) -> None:
        """Offer code as the next cell or the next input."""
        ...


class NotebookOutput:
    """Displays of a kernel."""

    live = True

    def __init__(self, ipython: InteractiveShell) -> None:
        self._ipython = ipython
        self._text = CleanStream()

    def show(self, data: MimeBundle, metadata: dict[str, Any] | None = None) -> str:
        """Show a display of its own."""
        display = uuid.uuid4().hex
        self._ipython.display_pub.publish(data, metadata, transient={"display_id": display})
        return display

    def update(self, display: str, data: MimeBundle, metadata: dict[str, Any] | None = None) -> None:
        """Replace a display."""
        self._ipython.display_pub.publish(data, metadata, transient={"display_id": display}, update=True)

    def stream(self, text: str) -> None:
        """Write to the cell's standard output."""
        sys.stdout.write(self._text.feed(text) if text else self._text.close())

    def next_cell(self, code: str) -> None:
        """A new cell below, where the front end makes one."""
        self._ipython.set_next_input(clean(code), replace=False)


class TerminalOutput:
    """Text on the terminal (or wherever standard output goes)."""

    live = False

    def __init__(self, ipython: InteractiveShell) -> None:
        self._ipython = ipython
        self._text = CleanStream()

    def show(self, data: MimeBundle, metadata: dict[str, Any] | None = None) -> str:
        """Print the plain text of a display."""
        sys.stdout.write(f"{data.get('text/plain', '')}\n")
        sys.stdout.flush()
        return ""

    def update(self, display: str, data: MimeBundle, metadata: dict[str, Any] | None = None) -> None:
        """Nothing: what was printed stays."""

    def stream(self, text: str) -> None:
        """Write text at once; an empty one ends the stream."""
        sys.stdout.write(self._text.feed(text) if text else self._text.close())
        sys.stdout.flush()

    def next_cell(self, code: str) -> None:
        """The next input line, ready to be edited and run."""
        self._ipython.set_next_input(clean(code), replace=False)


def output_of(ipython: InteractiveShell) -> Output:
    """The output that fits the shell."""
    return NotebookOutput(ipython) if hasattr(ipython, "kernel") else TerminalOutput(ipython)
