"""Who wrote what, and whether it is all there in the end, once.

Every character that counts is another one, so that each can be found, and found twice, whatever became of the text
around it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

_ALPHABETS = (
    range(0x4E00, 0x9FFF),  # scripts without spaces
    range(0xAC00, 0xD7A3),
    range(0x20000, 0x2A6D0),  # beyond the first plane: two units in a browser
    range(0xA000, 0xA48C),  # letters of words
    range(0x1F300, 0x1F5FF),
)
_FILLERS = ("", "", " ", "\n", "x = 1\n", "\n  ", "  ", ";", "\n\n")


@dataclass(slots=True)
class Token:
    """Some characters that somebody wrote at once."""

    characters: str
    homes: set[str]
    certain: bool = True
    """Whether it must be there: what was refused may be there or not, but not twice."""


@dataclass(slots=True)
class Output:
    """Something that a run put out."""

    cell: str
    certain: bool = True


@dataclass(slots=True)
class Found:
    """What a look at the notebook found."""

    cells: int = 0
    characters: int = 0
    outputs: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    scrambled: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.scrambled)


class Ledger:
    """What was written in one run."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._alphabets = [iter(self._chance.sample(alphabet, min(len(alphabet), 600))) for alphabet in _ALPHABETS]
        self._numbers = 0
        self.tokens: list[Token] = []
        self._by_character: dict[str, Token] = {}
        self.freed: set[str] = set()
        """Characters that somebody took away."""
        self.cells: dict[str, bool] = {}
        """Every cell that was made, and whether it must be there."""
        self.outputs: dict[str, Output] = {}
        self.marks: dict[str, str] = {}
        """Entries in cells' metadata, and in which cell."""
        self.gone: set[str] = set()
        """Cells that somebody deleted."""

    def number(self) -> int:
        self._numbers += 1
        return self._numbers

    def write(self, cell: str) -> tuple[Token, str]:
        """Something new to write into a cell: the token, and all of the text."""
        alphabet = self._chance.choice(self._alphabets)
        characters = "".join(chr(next(alphabet)) for _ in range(self._chance.randint(1, 5)))
        token = Token(characters, {cell})
        self.tokens.append(token)
        self._by_character |= dict.fromkeys(characters, token)
        return token, self._chance.choice(_FILLERS) + characters + self._chance.choice(_FILLERS)

    def cell(self) -> str:
        """The id of a new cell."""
        name = f"cell{self.number()}"
        self.cells[name] = True
        return name

    def output(self, cell: str) -> tuple[Output, str]:
        """Something for a cell to put out."""
        marker = f"<out{self.number()}🎈>"
        self.outputs[marker] = Output(cell)
        return self.outputs[marker], marker

    def delete(self, cell: str) -> None:
        """Somebody deletes a cell: it and what is in it need not be there any more."""
        self.gone.add(cell)

    def free(self, text: str) -> None:
        """Somebody deletes these characters."""
        self.freed.update(text)

    def free_outputs(self, text: str) -> None:
        """Somebody takes these outputs away."""
        for marker, output in self.outputs.items():
            if marker in text:
                output.certain = False

    def rehome(self, text: str, cell: str, *, only: bool) -> None:
        """Somebody puts this text into (also) another cell."""
        for character in text:
            token = self._by_character.get(character)
            if token is not None:
                token.homes = {cell} if only else token.homes | {cell}

    def look(self, content: Mapping[str, Any]) -> Found:
        """Compare with what is there."""
        found = Found()
        sources = [_joined(cell.get("source", "")) for cell in content["cells"]]
        self._look_at_cells(found, [str(cell.get("id")) for cell in content["cells"]])
        self._look_at_texts(found, sources)
        self._look_at_outputs(found, [output for cell in content["cells"] for output in cell.get("outputs", ())])
        self._look_at_marks(found, content["cells"])
        return found

    def _look_at_cells(self, found: Found, ids: list[str]) -> None:
        there = Counter(ids)
        for cell, certain in self.cells.items():
            found.cells += 1
            if certain and cell not in self.gone and not there[cell]:
                found.lost.append(f"cell {cell}")
        for cell, times in there.items():
            if times > 1 or cell not in self.cells:
                found.doubled.append(f"cell {cell} ({times} times)")

    def _look_at_texts(self, found: Found, sources: list[str]) -> None:
        there = Counter(chain.from_iterable(sources))
        where = {character: (n, at) for n, source in enumerate(sources) for at, character in enumerate(source)}
        for token in self.tokens:
            kept = [character for character in token.characters if there[character]]
            for character in token.characters:
                found.characters += 1
                if there[character] > 1:
                    found.doubled.append(f"{character} of {sorted(token.homes)} ({there[character]} times)")
                elif not there[character] and self._must_be(token, character):
                    found.lost.append(f"{character} of {sorted(token.homes)}")
            if [where[character] for character in kept] != sorted(where[character] for character in kept):
                found.scrambled.append(token.characters)

    def _must_be(self, token: Token, character: str) -> bool:
        return token.certain and character not in self.freed and not token.homes & self.gone

    def _look_at_outputs(self, found: Found, outputs: Iterable[Mapping[str, Any]]) -> None:
        text = "\n".join(map(_output_text, outputs))
        for marker, output in self.outputs.items():
            found.outputs += 1
            if text.count(marker) > 1:
                found.doubled.append(f"output {marker} of {output.cell}")
            elif marker not in text and output.certain and output.cell not in self.gone:
                found.lost.append(f"output {marker} of {output.cell}")

    def _look_at_marks(self, found: Found, cells: Iterable[Mapping[str, Any]]) -> None:
        there = {str(cell.get("id")): cell.get("metadata", {}) for cell in cells}
        for mark, cell in self.marks.items():
            if cell not in self.gone and mark not in there.get(cell, {}):
                found.lost.append(f"entry {mark} of {cell}")


def characters_in(content: Mapping[str, Any]) -> set[str]:
    """All characters of a notebook's texts."""
    return set(chain.from_iterable(_joined(cell.get("source", "")) for cell in content["cells"]))


def marks_in(content: Mapping[str, Any]) -> set[tuple[str, str]]:
    """All entries of its cells' metadata, each with its cell."""
    return {(str(cell.get("id")), str(name)) for cell in content["cells"] for name in cell.get("metadata", {})}


def markers_in(content: Mapping[str, Any]) -> str:
    """All that its cells have put out."""
    return "\n".join(_output_text(output) for cell in content["cells"] for output in cell.get("outputs", ()))


def texts(output: Mapping[str, Any]) -> Iterator[str]:
    """The texts of an output."""
    yield _joined(output.get("text", ""))
    for data in (output.get("data") or {}).values():
        yield _joined(data)


def _output_text(output: Mapping[str, Any]) -> str:
    return "".join(texts(output))


def _joined(text: Any) -> str:
    return text if isinstance(text, str) else "".join(text)
