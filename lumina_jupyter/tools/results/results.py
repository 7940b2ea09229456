"""What a tool gave back, on its way to who called it."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard

from ..actor import Actor
from ..content import (
    AudioContent,
    Content,
    ContentPart,
    ImageContent,
    ResourceContent,
    TextContent,
    text_of,
)
from .masking import masked
from .store import ResultStore

MOST_CHARACTERS = 5_000_000
"""Characters of one result that are looked at; a tool that gives more is told off in the result."""
MOST_MEDIA = 8
LARGE = 200_000
"""Characters from which on masking is done in a thread."""
IMAGE_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
"""What models look at."""
Media = ImageContent | AudioContent | ResourceContent
_NOUNS = {"image": "An image", "audio": "A recording", "resource": "A file"}
_TAIL = 4
"""One part in so many of what is shown is the end, where errors stand."""


@dataclass(frozen=True, slots=True)
class Processed:
    """Content as it is handed on; `handle` reads on when it was `truncated`."""

    content: Content
    truncated: bool = False
    handle: str = ""


class Results:
    """Shortens and masks.

    Args:
        characters: How many of a result are shown at once.
        image_mb: MB that an image may have.
    """

    def __init__(self, characters: Callable[[], int], image_mb: Callable[[], float]) -> None:
        self._characters = characters
        self._image_mb = image_mb
        self.store = ResultStore()

    @property
    def characters(self) -> int:
        """How many of a result are shown at once."""
        return self._characters()

    async def process(self, content: Content, actor: Actor, audience: str = "") -> Processed:
        """The content as whoever called the tool may have it."""
        shown, notes = self._media([part for part in content if _is_media(part)])
        cut, lost = _cut(content)
        length = len(text_of(cut))
        clean = await asyncio.to_thread(masked, cut) if length > LARGE else masked(cut)
        if lost:
            notes.append(f"[The tool gave {lost:,} characters more than are kept; ask it for less.]")
        text = text_of(clean)
        if len(text) <= self.characters:
            return Processed((*clean, *shown, *_as_text(notes)))
        handle = self.store.keep(text, actor, audience)
        return Processed((TextContent(self._shortened(text, handle)), *shown, *_as_text(notes)), True, handle)

    def _shortened(self, text: str, handle: str) -> str:
        tail = self.characters // _TAIL
        head = self.characters - tail
        gap = len(text) - head - tail
        end = text[-tail:] if tail else ""
        return (
            f"{text[:head]}\n"
            f'[{gap:,} of {len(text):,} characters left out here: read_more(handle="{handle}", offset={head}) reads on.]\n'
            f"{end}"
        )

    def _media(self, media: list[Media]) -> tuple[list[ContentPart], list[str]]:
        shown: list[ContentPart] = []
        notes: list[str] = []
        for each in media:
            trouble = self._trouble(each, len(shown))
            if trouble:
                notes.append(f"[{_NOUNS[each.type]} is left out: {trouble}.]")
            else:
                shown.append(each)
        return shown, notes[:MOST_MEDIA]

    def _trouble(self, media: Media, before: int) -> str:
        if before >= MOST_MEDIA:
            return f"a result shows {MOST_MEDIA} at most"
        if media.type == "image" and media.media_type not in IMAGE_TYPES:
            return f"models do not look at {media.media_type[:40]!r}"
        if len(media.data) * 0.75 > self._image_mb() * 1e6:
            return f"it has more than {self._image_mb():g} MB"
        try:
            base64.b64decode(media.data, validate=True)
        except (binascii.Error, ValueError):
            return "it is no base64"
        return ""


def _is_media(part: ContentPart) -> TypeGuard[Media]:
    """Whether it is made of bytes: these are not shortened, but shown or left out."""
    return isinstance(part, ImageContent | AudioContent) or (isinstance(part, ResourceContent) and bool(part.data))


def _cut(content: Content) -> tuple[Content, int]:
    """What is not made of bytes, as far as it is looked at, and how many characters are left out."""
    kept: list[ContentPart] = []
    room = MOST_CHARACTERS
    lost = 0
    for part in content:
        if _is_media(part):
            continue
        text = part.text if isinstance(part, TextContent) else text_of((part,))
        if len(text) > room:
            lost += len(text) - room
            part = TextContent(text[:room])  # noqa: PLW2901 - what is left of it
        room = max(0, room - len(text))
        if not isinstance(part, TextContent) or part.text:
            kept.append(part)
    return tuple(kept), lost


def _as_text(notes: list[str]) -> tuple[TextContent, ...]:
    return (TextContent("\n".join(notes)),) if notes else ()
