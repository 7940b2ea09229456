"""What a file holds that is to become a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..attachments import Image
from ..log import NewEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A title, the entries of a log in order, and the images that they speak of."""

    title: str
    entries: Sequence[NewEntry]
    images: Sequence[Image] = ()
