"""Long results in memory, until others push them out: what a model did not see at once it can read on in."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from secrets import token_hex

from ...errors import NotFound
from ..actor import Actor

MOST_CHARACTERS = 32_000_000
"""Characters of all results that are kept, together."""


@dataclass(frozen=True, slots=True)
class _Kept:
    text: str
    owner: tuple[str, str]


def _owner(actor: Actor, audience: str) -> tuple[str, str]:
    return actor.user, audience


class ResultStore:
    """The long results of one engine, each for the person whose call it came from."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._characters = 0

    def keep(self, text: str, actor: Actor, audience: str = "") -> str:
        """Keep a text; the handle by which its owner reads it."""
        handle = f"res_{token_hex(8)}"
        self._kept[handle] = _Kept(text, _owner(actor, audience))
        self._characters += len(text)
        while self._characters > MOST_CHARACTERS and len(self._kept) > 1:
            self._characters -= len(self._kept.popitem(last=False)[1].text)
        return handle

    def read(self, handle: str, actor: Actor, audience: str = "") -> str:
        """The whole text.

        Raises:
            NotFound: when there is none of that handle for that actor any more.
        """
        kept = self._kept.get(handle)
        if kept is None or kept.owner != _owner(actor, audience):
            raise NotFound(f"There is no result {handle[:40]!r} any more.", hint="Call the tool again.")
        self._kept.move_to_end(handle)
        return kept.text
