"""One thing that a model may be shown, as a source hands it over and the packer takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ..gateway.requests import ImagePart

Kind = Literal["cell", "variable", "documentation", "file", "selection", "error", "notebook", "imports", "git"]

Shorten = Callable[[str, int], str]
"""Makes a text no longer than that many characters, and says in it that it did."""


def cut_middle(text: str, length: int) -> str:
    """The text's beginning and end, and between them how much was left out."""
    if len(text) <= length:
        return text
    note = f"\n[… {len(text) - length:,} characters left out …]\n"
    room = length - len(note)
    if room < 20:
        return text[: max(0, length - 2)] + " …" if length > 2 else ""
    head = room * 2 // 3
    return text[:head] + note + text[len(text) - (room - head) :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something to show.

    Args:
        kind: What it is.
        label: Its name for people, as in `cell #5` or `df`.
        text: What the model reads, already cleaned and without secrets.
        attributes: What the model is told about it beside the text, such as a cell's id.
        value: How much it helps, for all of it; compared with its tokens. Mentioned items need none.
        place: Where it stands in the prompt: lower comes first, equal ones in the order they are handed over.
        mentioned: Named in the question, so never left out in silence.
        images: What the model looks at beside the text.
    """

    kind: Kind
    label: str
    text: str
    attributes: tuple[tuple[str, str], ...] = ()
    value: float = 0.0
    place: tuple[int, int] = (0, 0)
    mentioned: bool = False
    images: tuple[ImagePart, ...] = ()
    shorten: Shorten = field(default=cut_middle)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that was mentioned and cannot be shown, and why, in a few words."""

    kind: Kind
    label: str
    reason: str
