"""An answer while it streams, as its cell shows it."""

from __future__ import annotations

import time
from typing import Any, Protocol

from .blocks import MarkdownBlocks
from .output import MimeBundle, Output, escaped, markdown

FASTEST = 0.05
"""Seconds between two updates of the live display at least."""
CHARACTERS_PER_SECOND = 45_000
"""What a front end renders easily: a long live block is updated less often."""
PATIENCE = 0.6
"""Seconds without an answer after which the cell says that it waits."""
REASONING_LIMIT = 40_000
"""Characters of reasoning that a cell keeps at most."""


class View(Protocol):
    """Shows one answer as it comes."""

    def text(self, piece: str) -> None:
        """The next piece of the answer."""
        ...

    def reasoning(self, piece: str) -> None:
        """The next piece of the model's reasoning."""
        ...

    def progress(self, text: str) -> None:
        """What happens before the answer begins, such as a model being loaded."""
        ...

    def tick(self) -> None:
        """Time has passed; show what is due."""
        ...

    def close(self) -> None:
        """The answer is over; show all that came."""
        ...


class Slot:
    """One display that is shown at its first content and updated later."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._display = ""

    def put(self, data: MimeBundle, metadata: dict[str, Any] | None = None) -> None:
        """Show this here, in place of what was there."""
        if self._display:
            self._output.update(self._display, data, metadata)
        else:
            self._display = self._output.show(data, metadata)


class MarkdownView:
    """Rendered Markdown in frozen blocks, with reasoning folded away above it."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._blocks = MarkdownBlocks()
        self._slot = Slot(output)
        self._thoughts = Thoughts(output)
        self._waiting = Waiting(self._slot)
        self._shown = ""
        self._shown_at = 0.0

    def text(self, piece: str) -> None:
        """Freeze the blocks that this piece finishes; show the rest when it is due."""
        self._thoughts.fold()
        self._waiting.over = True
        for block in self._blocks.feed(piece):
            self._slot.put(markdown(block))
            self._slot = Slot(self._output)
            self._shown = ""
        self.tick()

    def reasoning(self, piece: str) -> None:
        """Count the reasoning; it is shown when it is over, in the place where the cell waited."""
        if not self._waiting.over:
            self._waiting.over = True
            self._slot = self._thoughts.take(self._slot)
        self._thoughts.add(piece)

    def progress(self, text: str) -> None:
        """Show it where the answer will begin."""
        self._waiting.say(text)

    def tick(self) -> None:
        """Update the live block, not faster than a front end renders it."""
        self._waiting.tick()
        pause = max(FASTEST, len(self._blocks.live) / CHARACTERS_PER_SECOND)
        if time.monotonic() - self._shown_at >= pause:
            self._show()

    def close(self) -> None:
        """Show the rest."""
        self._thoughts.fold()
        self._show()

    def _show(self) -> None:
        live = self._blocks.live
        if live == self._shown or not live.strip():
            return
        self._slot.put(markdown(live))
        self._shown = live
        self._shown_at = time.monotonic()


class TextView:
    """Plain text as it comes: for `-f text` and for terminals."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._thoughts = Thoughts(output)
        self._ends_line = True

    def text(self, piece: str) -> None:
        """Write the piece."""
        self._thoughts.fold()
        if piece:
            self._output.stream(piece)
            self._ends_line = piece.endswith("\n")

    def reasoning(self, piece: str) -> None:
        """Count the reasoning."""
        self._thoughts.add(piece)

    def progress(self, text: str) -> None:
        """Show it on a line of its own."""
        self._end_line()
        self._output.show(markdown(f"*{escaped(text)}*", text))

    def tick(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """End the last line."""
        self._thoughts.fold()
        self._output.stream("")
        self._end_line()

    def _end_line(self) -> None:
        if not self._ends_line:
            self._output.stream("\n")
            self._ends_line = True


class ProgressView:
    """How far an answer is that is shown as a whole at its end (code, JSON, HTML)."""

    def __init__(self, output: Output, what: str) -> None:
        self._output = output
        self._what = what
        self.slot = Slot(output)
        self._thoughts = Thoughts(output)
        self._waiting = Waiting(self.slot)
        self._lines = 1
        self._lines_shown = 0
        self._shown_at = 0.0

    def text(self, piece: str) -> None:
        """Count the lines."""
        self._thoughts.fold()
        self._waiting.over = True
        self._lines += piece.count("\n")
        if self._output.live and self._lines > self._lines_shown and time.monotonic() - self._shown_at >= 0.25:
            self._lines_shown = self._lines
            self._shown_at = time.monotonic()
            text = f"Writing {self._what}: {self._lines:,} line{'' if self._lines == 1 else 's'} …"
            self.slot.put(markdown(f"*{text}*", text))

    def reasoning(self, piece: str) -> None:
        """Count the reasoning."""
        if not self._waiting.over:
            self._waiting.over = True
            self.slot = self._thoughts.take(self.slot)
        self._thoughts.add(piece)

    def progress(self, text: str) -> None:
        """Show it where the result will stand."""
        if self._output.live:
            self._waiting.say(text)

    def tick(self) -> None:
        """Say that it waits, if it does."""
        if self._output.live:
            self._waiting.tick()

    def close(self) -> None:
        """Fold the reasoning; the result follows."""
        self._thoughts.fold()


class Waiting:
    """Says in a display that the model has not begun yet."""

    def __init__(self, slot: Slot) -> None:
        self._slot = slot
        self._began = time.monotonic()
        self._said = False
        self.over = False
        """Whether the model has begun."""

    def tick(self) -> None:
        """Show it once, when the wait has become noticeable."""
        if not self.over and not self._said and time.monotonic() - self._began >= PATIENCE:
            self.say("Waiting for the model …")

    def say(self, text: str) -> None:
        """Show what it waits for."""
        if not self.over:
            self._said = True
            self._slot.put(markdown(f"*{escaped(text)}*", text))


class Thoughts:
    """The model's reasoning: a count while it lasts, then folded away."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._slot = Slot(output)
        self._pieces: list[str] = []
        self._length = 0
        self._unfolded = False
        self._shown_at = 0.0

    def take(self, slot: Slot) -> Slot:
        """Stand where that display stands; returns a fresh one for what comes after."""
        self._slot = slot
        return Slot(self._output)

    def add(self, piece: str) -> None:
        """The next piece of reasoning."""
        if not piece:
            return
        if self._length < REASONING_LIMIT:
            self._pieces.append(piece)
        self._length += len(piece)
        self._unfolded = True
        if self._output.live and time.monotonic() - self._shown_at >= 0.5:
            self._shown_at = time.monotonic()
            text = f"Thinking … ({self._length:,} characters)"
            self._slot.put(markdown(f"*{text}*", text))

    def fold(self) -> None:
        """Show the reasoning so far, folded."""
        if not self._unfolded:
            return
        self._unfolded = False
        text = "".join(self._pieces)[:REASONING_LIMIT]
        if self._length > REASONING_LIMIT:
            text += " …"
        if self._output.live:
            folded = f"<details>\n<summary>Reasoning</summary>\n\n{text.strip()}\n\n</details>\n"
            self._slot.put(markdown(folded, f"Reasoning: {text.strip()}"))
