"""What a person's short reply means, where it is plain: no model is asked what `stop` could mean."""

from __future__ import annotations

import re
from typing import Literal

Meaning = Literal["again", "skip", "end", "other"]
"""`again`: the very same once more. `other`: words for the model that tries it."""

_POLITE = r"(?:[\s,.!]|please|thanks|thank you|now|here)*"
_IT = r"(?:\s+(?:it|this|that|one|the (?:run|step|cell|task)|everything|all))?"
_MEANINGS: tuple[tuple[Meaning, str], ...] = (
    ("again", rf"(?:yes|ok(?:ay)?|again|once more|retry|re-?run{_IT}|(?:(?:try|run|do){_IT}\s+)(?:again|once more))"),
    ("skip", rf"(?:(?:skip|omit){_IT}|leave{_IT}\s+out|(?:go on|continue|proceed)\s+without(?:{_IT})?)"),
    (
        "end",
        rf"(?:no|nope|nothing|never ?mind|give up|enough|(?:stop|end|cancel|abort|quit|leave){_IT}"
        rf"|(?:do not|don'?t)(?:\s+(?:run|try|do){_IT}(?:\s+again)?)?)",
    ),
)
_PATTERNS = tuple((meaning, re.compile(rf"{_POLITE}{words}{_POLITE}", re.IGNORECASE)) for meaning, words in _MEANINGS)
LONGEST = 60
"""Characters of a reply that can be plain."""


def meaning_of(reply: str) -> Meaning:
    """What a reply to "what shall be done about this step?" means."""
    plain = " ".join(reply.split())
    if len(plain) > LONGEST:
        return "other"
    return next((meaning for meaning, pattern in _PATTERNS if pattern.fullmatch(plain)), "other")
