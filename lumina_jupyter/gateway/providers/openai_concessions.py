"""What a request gives up when a server refuses a field that we put there ourselves."""

from __future__ import annotations

import re
from typing import Any

from ...errors import InvalidRequest

_CONCESSIONS: dict[str, str | None] = {
    "stream_options": None,
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
}
"""Our fields that not every server knows, and under which name its value may be taken instead."""

_REFUSED = re.compile(
    r"unsupported|not (?:be )?support|n't support|unknown|unrecognized|unexpected|extra|not permitted|additional|not allowed",
    re.IGNORECASE,
)


def concession(error: InvalidRequest, body: dict[str, Any]) -> str | None:
    """The field of the body that this refusal is about; None when it is not about one that can be given up.

    A message may name both spellings of a limit ("'max_tokens' is not supported, use …"): the first is meant.
    """
    found = {error.message.find(name): name for name in _CONCESSIONS if name in body and name in error.message}
    if not found or not _REFUSED.search(error.message):
        return None
    return found[min(found)]


def concede(body: dict[str, Any], field: str) -> None:
    """Take the field out of the body, or rename it."""
    value = body.pop(field, None)
    other = _CONCESSIONS[field]
    if other is not None and value is not None:
        body[other] = value
