"""Yjs updates (format 1) read apart: which pieces of content they bring, and which they delete.

pycrdt applies updates and says nothing of what is in them; an undo has to know whose each character is.
A clock counts UTF-16 units. Texts are therefore held with one character for each unit: what lies beyond the
basic plane as two surrogates, which `joined` makes one again.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from ...errors import StorageFailed


class Id(NamedTuple):
    """Names one unit of content for good: who made it, and its number among all that they made."""

    client: int
    clock: int


class Kind(Enum):
    """What a piece holds."""

    GONE = "gone"
    """Nothing any more; it only fills its clocks."""
    TEXT = "text"
    VALUES = "values"
    """Plain JSON values, one for each clock."""
    ARRAY = "array"
    MAP = "map"
    SHARED_TEXT = "shared text"
    OTHER = "other"
    """What notebooks have no use for: embeds, formats, XML, documents."""


@dataclass(slots=True)
class Piece:
    """Some content as an update brings it: where it belongs is told by its neighbours, or else by its parent."""

    client: int
    clock: int
    length: int
    kind: Kind
    content: str | list[Any] | None = None
    left: Id | None = None
    right: Id | None = None
    parent: Id | str | None = None
    key: str | None = None


class Span(NamedTuple):
    """Units that one client made, one after the other."""

    client: int
    clock: int
    length: int


@dataclass(slots=True)
class Update:
    """All of one update."""

    pieces: list[Piece] = field(default_factory=list)
    deleted: list[Span] = field(default_factory=list)


_SHARED = {0: Kind.ARRAY, 1: Kind.MAP, 2: Kind.SHARED_TEXT}
_SURROGATE = re.compile("[\ud800-\udfff]")
_SKIP = 10
_NAMED_TYPES = frozenset({3, 5})


def read_update(data: bytes) -> Update:
    """Read an update apart.

    Raises:
        StorageFailed: when it is none.
    """
    try:
        return _read(_Reader(data))
    except (IndexError, ValueError, struct.error, RecursionError) as error:
        raise StorageFailed("An update of a notebook in the journal cannot be read.") from error


def joined(units: str) -> str:
    """A text of single units as it is read; half of a pair becomes the replacement character."""
    if units.isascii() or not _SURROGATE.search(units):
        return units
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def units_of(text: str) -> str:
    """A text with one character for each UTF-16 unit."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    return "".join(letter if letter <= "\uffff" else _pair(letter) for letter in text)


def _pair(letter: str) -> str:
    above = ord(letter) - 0x10000
    return chr(0xD800 + (above >> 10)) + chr(0xDC00 + (above & 0x3FF))


def _whole(number: float) -> float:
    """A number as browsers know it: 1 and 1.0, which pycrdt makes of it, are the same."""
    return int(number) if number.is_integer() else number


class _Reader:
    """lib0's encoding of numbers, texts and values."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def byte(self) -> int:
        value = self._data[self._at]
        self._at += 1
        return value

    def number(self) -> int:
        data, at = self._data, self._at
        value = data[at]
        at += 1
        if value > 127:
            value &= 127
            shift = 7
            while True:
                part = data[at]
                at += 1
                value |= (part & 127) << shift
                if part < 128:
                    break
                shift += 7
        self._at = at
        return value

    def signed(self) -> int:
        part = self.byte()
        negative = bool(part & 64)
        value, shift = part & 63, 6
        while part > 127:
            part = self.byte()
            value |= (part & 127) << shift
            shift += 7
        return -value if negative else value

    def raw(self, length: int) -> bytes:
        piece = self._data[self._at : self._at + length]
        if len(piece) != length:
            raise IndexError(length)
        self._at += length
        return piece

    def text(self) -> str:
        return self.raw(self.number()).decode("utf-8", "surrogatepass")

    def id(self) -> Id:
        return Id(self.number(), self.number())

    def value(self) -> Any:
        tag = self.byte()
        if tag == 119:
            return self.text()
        if tag == 125:
            return self.signed()
        if tag == 124:
            return _whole(struct.unpack(">f", self.raw(4))[0])
        if tag == 123:
            return _whole(struct.unpack(">d", self.raw(8))[0])
        if tag == 122:
            return struct.unpack(">q", self.raw(8))[0]
        if tag == 118:
            return {self.text(): self.value() for _ in range(self.number())}
        if tag == 117:
            return [self.value() for _ in range(self.number())]
        if tag in {120, 121}:
            return tag == 120
        if tag in {126, 127}:
            return None
        if tag == 116:
            return self.raw(self.number())
        raise ValueError(tag)


def _read(reader: _Reader) -> Update:
    update = Update()
    for _ in range(reader.number()):
        count = reader.number()
        client, clock = reader.number(), reader.number()
        for _ in range(count):
            info = reader.byte()
            if info == _SKIP:
                clock += reader.number()
                continue
            piece = _piece(reader, info, client, clock)
            clock += piece.length
            update.pieces.append(piece)
    update.deleted.extend(_spans(reader))
    return update


def _spans(reader: _Reader) -> Iterator[Span]:
    for _ in range(reader.number()):
        client = reader.number()
        for _ in range(reader.number()):
            yield Span(client, reader.number(), reader.number())


def _piece(reader: _Reader, info: int, client: int, clock: int) -> Piece:
    if info & 31 == 0:
        return Piece(client, clock, reader.number(), Kind.GONE)
    left = reader.id() if info & 128 else None
    right = reader.id() if info & 64 else None
    parent: Id | str | None = None
    key = None
    if left is None and right is None:
        parent = reader.text() if reader.number() == 1 else reader.id()
        if info & 32:
            key = reader.text()
    kind, length, content = _content(reader, info & 31)
    return Piece(client, clock, length, kind, content, left, right, parent, key)


def _content(reader: _Reader, form: int) -> tuple[Kind, int, str | list[Any] | None]:
    if form == 4:
        text = units_of(reader.text())
        return Kind.TEXT, len(text), text
    if form == 8:
        values = [reader.value() for _ in range(reader.number())]
        return Kind.VALUES, len(values), values
    if form == 7:
        return _shared(reader), 1, None
    if form == 1:
        return Kind.GONE, reader.number(), None
    if form == 2:
        texts = [reader.text() for _ in range(reader.number())]
        return Kind.VALUES, len(texts), [None if text == "undefined" else json.loads(text) for text in texts]
    if form == 3:
        return Kind.VALUES, 1, [reader.raw(reader.number())]
    if form == 5:
        reader.text()
    elif form == 6:
        reader.text(), reader.text()
    elif form == 9:
        reader.text(), reader.value()
    else:
        raise ValueError(form)
    return Kind.OTHER, 1, None


def _shared(reader: _Reader) -> Kind:
    form = reader.number()
    if form in _NAMED_TYPES:
        reader.text()
    return _SHARED.get(form, Kind.OTHER)
