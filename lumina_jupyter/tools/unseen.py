"""Signs that a person does not see and a model reads: control, format and tag characters, and private ones."""

from __future__ import annotations

import re

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ue000-\uf8ff\U000e0000-\U000e0fff]"
)


def made_seen(text: str) -> str:
    """The text with such signs written out, for people who decide by what they read."""
    return UNSEEN.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)
