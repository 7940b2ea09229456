"""The outputs of one cell that runs: from the kernel's messages into the notebook's document.

Messages are taken as they come and written now and then: what came in between is one change. Streams become one
shared text that grows; only its end is ever touched, which is all that JupyterLab follows in pages that are open.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..document.shared_cells import metadata_of
from ..document.shared_outputs import shared_output
from ..document.storable import storable_text, storable_value
from .displays import Displays, cell_of, index_of
from .stream_text import StreamText

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook
    from pycrdt import Array

ERROR_BYTES = 100_000
"""How much of a traceback is always kept."""
OUTPUT_TYPES = frozenset({"stream", "display_data", "execute_result", "error"})


@dataclass(slots=True)
class _Clear:
    pass


@dataclass(slots=True)
class _Add:
    output: dict[str, Any]
    display: str = ""


@dataclass(slots=True)
class _Grow:
    name: str
    stream: StreamText
    begun: bool = False
    """Whether the document has a part of it."""


@dataclass(slots=True)
class _Growth:
    """What one change of a stream takes from its end and puts there."""

    of: _Grow
    gone: str
    come: str


@dataclass(slots=True)
class _Update:
    display: str
    data: dict[str, Any]
    metadata: dict[str, Any]


class CellOutputs:
    """What a cell puts out while it runs.

    Args:
        cell_id: The cell.
        limit: Bytes that its outputs may take in the notebook; beyond it they are left out, and a notice says so.
        displays: Where earlier outputs are that this cell may change.
    """

    def __init__(self, cell_id: str, *, limit: int, displays: Displays) -> None:
        self.cell_id = cell_id
        self.bytes = 0
        """Bytes of output so far."""
        self.left_out = 0
        """Bytes beyond the limit."""
        self.execution_count: int | None = None
        self.error: tuple[str, str] | None = None
        """Name and value of the error that the code raised."""
        self._limit = limit
        self._displays = displays
        self._pending: list[_Clear | _Add | _Grow | _Update] = []
        self._stream: _Grow | None = None
        self._clear_before_next = False
        self._full = False
        """Whether nothing more is taken in."""
        self._noticed = False
        """Whether that was said."""
        self._index = 0

    @property
    def waits(self) -> bool:
        """Whether something is yet to be written."""
        return bool(self._pending)

    # --- from the kernel ---------------------------------------------------------------------------

    def take(self, kind: str, content: Mapping[str, Any]) -> None:
        """Take in a message of the kernel's; those that are no output change nothing."""
        if kind == "execute_input":
            self.execution_count = content.get("execution_count")
        elif kind == "clear_output":
            if content.get("wait"):
                self._clear_before_next = True
            else:
                self._clear()
        elif kind == "update_display_data":
            self._take_update(content)
        elif kind in OUTPUT_TYPES:
            if self._clear_before_next:
                self._clear()
            self._take_output(kind, content)

    def _take_output(self, kind: str, content: Mapping[str, Any]) -> None:
        if kind == "stream":
            self._take_stream(str(content.get("name", "stdout")), storable_text(str(content.get("text", ""))))
            return
        if kind == "error":
            self._take_error(content)
            return
        output: dict[str, Any] = {
            "output_type": kind,
            "data": dict(content.get("data") or {}),
            "metadata": dict(content.get("metadata") or {}),
        }
        if kind == "execute_result":
            output["execution_count"] = content.get("execution_count")
        if self._fits(_size(output["data"])):
            display = (content.get("transient") or {}).get("display_id")
            self._add(output, str(display or ""))

    def _take_stream(self, name: str, text: str) -> None:
        if not text:
            return
        if self._full:
            self.left_out += _bytes(text)
            return
        stream = self._stream
        if stream is None or stream.name != name:
            stream = self._stream = _Grow(name, StreamText())
        if not self._pending or self._pending[-1] is not stream:
            self._pending.append(stream)
        stream.stream.feed(text)
        if self.bytes + stream.stream.pending > 2 * self._limit:
            # What no write could keep: so much is not to be held until then.
            self._full = True

    def _take_error(self, content: Mapping[str, Any]) -> None:
        name, value = str(content.get("ename", "")), str(content.get("evalue", ""))
        self.error = (name, value)
        lines, room = [], ERROR_BYTES
        for line in map(str, content.get("traceback") or []):
            lines.append(line[:room])
            room -= len(lines[-1])
        self._add(
            {
                "output_type": "error",
                "ename": name,
                "evalue": value[:ERROR_BYTES],
                "traceback": [line for line in lines if line],
            }
        )

    def _take_update(self, content: Mapping[str, Any]) -> None:
        display = str((content.get("transient") or {}).get("display_id") or "")
        data = dict(content.get("data") or {})
        if not display or _size(data) > self._limit:
            return
        update = _Update(display, data, dict(content.get("metadata") or {}))
        for at, change in enumerate(self._pending):
            if isinstance(change, _Add) and change.display == display:
                change.output = {**change.output, "data": update.data, "metadata": update.metadata}
            elif isinstance(change, _Update) and change.display == display:
                self._pending[at] = update
                return
        self._pending.append(update)

    def _add(self, output: dict[str, Any], display: str = "") -> None:
        self._stream = None
        self._pending.append(_Add(output, display))

    def _clear(self) -> None:
        self._clear_before_next = False
        self._stream = None
        self._pending = [change for change in self._pending if isinstance(change, _Update)]
        self._pending.append(_Clear())
        self.bytes, self._full, self._noticed = 0, False, False

    def _fits(self, size: int) -> bool:
        if self._full or self.bytes + size > self._limit:
            self.left_out += size
            self._say_full()
            return False
        self.bytes += size
        return True

    def _say_full(self) -> None:
        if not self._noticed:
            self._full = self._noticed = True
            self.say(self._notice)

    @property
    def _notice(self) -> str:
        return (
            f"Lumina: this cell's output beyond {self._limit / 1e6:g} MB is left out of the notebook. "
            "The code goes on. c.Lumina.run_output_mb sets the limit.\n"
        )

    def say(self, text: str) -> None:
        """Add a sentence of Lumina's own."""
        self._add({"output_type": "stream", "name": "stderr", "text": text})

    # --- into the document -------------------------------------------------------------------------

    def seal(self) -> Sealed:
        """All that is pending, as one change to the document; what comes from now on is another."""
        pending, self._pending = self._pending, []
        return Sealed(
            self, [_Growth(each, *each.stream.change()) if isinstance(each, _Grow) else each for each in pending]
        )

    def place(self, document: YNotebook) -> Array[Any] | None:
        """The cell's shared outputs; None when it has none any more."""
        index = index_of(document, self.cell_id, self._index)
        if index is None:
            return None
        self._index = index
        outputs: Array[Any] | None = document.ycells[index].get("outputs")
        return outputs

    def grow(self, outputs: Array[Any], growth: _Growth) -> None:
        """Let a stream's text grow, up to the limit."""
        room = 0 if self._noticed else max(0, self._limit - self.bytes)
        kept = growth.come if _bytes(growth.come) <= room else growth.come.encode()[:room].decode(errors="ignore")
        self.bytes += _bytes(kept)
        name = growth.of.name
        text = _text_of_last(outputs, name) if growth.of.begun else None
        if kept and text is not None:
            text += kept
        elif kept:
            outputs.append(shared_output({"output_type": "stream", "name": name, "text": kept}))
        growth.of.begun = True
        if len(kept) < len(growth.come):
            self.left_out += _bytes(growth.come) - _bytes(kept)
            self._full, self._stream = True, None
            if not self._noticed:
                self._noticed = True
                outputs.append(shared_output({"output_type": "stream", "name": "stderr", "text": self._notice}))

    def add(self, outputs: Array[Any], addition: _Add) -> None:
        """Append an output."""
        outputs.append(shared_output(storable_value(addition.output)))
        if addition.display:
            self._displays.remember(addition.display, self.cell_id, len(outputs) - 1, addition.output)

    def update(self, document: YNotebook, update: _Update) -> None:
        """Change outputs that were shown before."""
        self._displays.update(document, update.display, update.data, update.metadata)


class Sealed:
    """A change to a cell's outputs, made inside of the caller's transactions."""

    def __init__(self, outputs: CellOutputs, changes: list[_Clear | _Add | _Update | _Growth]) -> None:
        self._outputs = outputs
        self._changes = changes

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return bool(self._changes)

    @property
    def takes_back(self) -> bool:
        """Whether `take_back` has something to do."""
        return self._overwriting is not None

    def take_back(self, document: YNotebook) -> None:
        """Take from a stream's end what is overwritten, in a transaction before the one in which all else is written.

        JupyterLab would put what comes before it takes away what goes.
        """
        growth, place = self._overwriting, self._outputs.place(document)
        if growth is None or place is None:
            return
        text = _text_of_last(place, growth.of.name)
        if text is None or not str(text).endswith(growth.gone):
            growth.of.begun = False  # somebody changed it, so what comes stands by itself
            return
        size = _bytes(growth.gone)
        del text[len(text) - size : len(text)]
        self._outputs.bytes -= size

    def write(self, document: YNotebook) -> bool:
        """Make the change; whether the cell is still there."""
        place = self._outputs.place(document)
        if place is None:
            return False
        for change in self._changes:
            match change:
                case _Clear():
                    if len(place):
                        place.clear()
                case _Add():
                    self._outputs.add(place, change)
                case _Update():
                    self._outputs.update(document, change)
                case _Growth():
                    self._outputs.grow(place, change)
        return True

    @property
    def _overwriting(self) -> _Growth | None:
        return next(
            (each for each in self._changes if isinstance(each, _Growth) and each.of.begun and each.gone),
            None,
        )


def begin_cell(document: YNotebook, cell_id: str, *, trusted: bool) -> int | None:
    """Show a cell as running: no outputs, no number, and trusted only where the run was approved.

    Returns:
        Its index; None when it is no code cell any more.
    """
    index = index_of(document, cell_id)
    cell = None if index is None else document.ycells[index]
    if cell is None or cell.get("outputs") is None:
        return None
    if len(cell["outputs"]):
        cell["outputs"].clear()
    cell["execution_count"] = None
    cell["execution_state"] = "running"
    metadata = metadata_of(cell)
    if trusted:
        metadata["trusted"] = True
    elif metadata.get("trusted"):
        metadata["trusted"] = False  # what is shown from now on is not what was trusted
    return index


def end_cell(document: YNotebook, cell_id: str, execution_count: int | None) -> None:
    """Show a cell as over."""
    cell = cell_of(document, cell_id)
    if cell is None or cell.get("outputs") is None:
        return
    # Numbers are floating ones in a document.
    cell["execution_count"] = None if execution_count is None else float(execution_count)
    cell["execution_state"] = "idle"


def _text_of_last(outputs: Array[Any], name: str) -> Any:
    """The shared text of the last output, if it is that stream."""
    from pycrdt import Map, Text

    last = outputs[len(outputs) - 1] if len(outputs) else None
    if not isinstance(last, Map) or last.get("output_type") != "stream" or last.get("name") != name:
        return None
    text = last.get("text")
    return text if isinstance(text, Text) else None


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _size(data: Mapping[str, Any]) -> int:
    return sum(len(each) if isinstance(each, str) else len(json.dumps(each)) for each in data.values())
