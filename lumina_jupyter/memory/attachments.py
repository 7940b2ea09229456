"""Images in questions: checked by their bytes, kept once per conversation under their hash."""

from __future__ import annotations

import base64
import binascii
import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InvalidBody, NotFound
from ..gateway.requests import ImagePart, TextPart

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_IMAGES = 16
"""Images in one question."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image's bytes; `media_type` is what they are, whatever was said of them."""

    media_type: str
    data: bytes

    @property
    def sha256(self) -> str:
        """The hash of the bytes, in hex: its name within a conversation."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def part(self) -> ImagePart:
        """The image as a model is shown it."""
        return ImagePart(self.media_type, base64.b64encode(self.data).decode())


def media_type_of(data: bytes) -> str:
    """What kind of image the bytes are: PNG, JPEG, GIF or WebP; empty for everything else (SVG can hold scripts)."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return ""


def images_of(parts: Iterable[object], *, most_mb: float) -> list[Image]:
    """The images among a prompt's parts, checked; those that are only an address are left out.

    Raises:
        InvalidBody: when one is none, is too large, or there are too many.
    """
    given = [part for part in parts if isinstance(part, ImagePart) and part.data is not None]
    if len(given) > MOST_IMAGES:
        raise InvalidBody(f"A question may hold {MOST_IMAGES} images, not {len(given)}.", field="images")
    return [checked(part.data or "", f"images[{number}]", most_mb=most_mb) for number, part in enumerate(given)]


def with_images(parts: Sequence[TextPart | ImagePart], images: Sequence[Image]) -> tuple[TextPart | ImagePart, ...]:
    """The parts with the images that `images_of` made of them in their places, as what their bytes are."""
    left = iter(images)
    return tuple(next(left).part if isinstance(part, ImagePart) and part.data is not None else part for part in parts)


def checked(encoded: str, field: str, *, most_mb: float) -> Image:
    """An image from base64.

    Raises:
        InvalidBody: when it is none, or too large.
    """
    if len(encoded) * 3 / 4 > most_mb * 1e6 + 3:
        raise InvalidBody(f"The image has {len(encoded) * 0.75e-6:.1f} MB; {most_mb:g} MB are allowed.", field=field)
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidBody("The image is not valid base64.", field=field) from None
    media_type = media_type_of(data)
    if not media_type:
        raise InvalidBody("The image is neither PNG, JPEG, GIF nor WebP.", field=field)
    return Image(media_type, data)


def attach(connection: Connection, conversation_id: str, images: Sequence[Image]) -> None:
    """Keep images with a conversation, within a transaction; one that is there already is not kept twice."""
    from sqlalchemy import select

    from ..storage.tables import conversation_attachments as table

    wanted = {image.sha256: image for image in images}
    if not wanted:
        return
    query = select(table.c.sha256).where(table.c.conversation_id == conversation_id, table.c.sha256.in_(wanted))
    there = set(connection.execute(query).scalars())
    rows = [
        {
            "conversation_id": conversation_id,
            "sha256": sha256,
            "media_type": image.media_type,
            "at": time.time(),
            "data": image.data,
        }
        for sha256, image in wanted.items()
        if sha256 not in there
    ]
    if rows:
        connection.execute(table.insert(), rows)


def image(connection: Connection, conversation_id: str, sha256: str) -> Image:
    """An image that was kept, within a transaction.

    Raises:
        NotFound: when the conversation has no such image.
    """
    from sqlalchemy import select

    from ..storage.tables import conversation_attachments as table

    row = connection.execute(
        select(table.c.media_type, table.c.data).where(
            table.c.conversation_id == conversation_id, table.c.sha256 == sha256
        )
    ).first()
    if row is None:
        raise NotFound("There is no such image in this conversation.")
    return Image(row.media_type, bytes(row.data))
