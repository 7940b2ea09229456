"""Making text that a provider sent fit to be shown: short, on one line, and without keys."""

from __future__ import annotations

import re

from ...telemetry.redaction import MASK, redact
from .base import Secret

_LIMIT = 300
"""Characters of a provider's message that are shown at most."""

_NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\s]+")


def excerpt(text: str, key: Secret | None = None) -> str:
    """The beginning of a provider's text on one line, with keys masked: the one given and all that are known."""
    # Masked before it is cut to its final length: half a key must not be left at the cut.
    text = text[: 64 * _LIMIT]
    if key is not None and (value := key.reveal().strip()):
        text = text.replace(value, MASK)
    shown = _NOT_PRINTABLE.sub(" ", redact(text)).strip()
    return shown if len(shown) <= _LIMIT else shown[: _LIMIT - 1].rstrip() + "…"
