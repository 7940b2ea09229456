"""How long a provider asks to be left alone after a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

_IN_WORDS = re.compile(
    r"(?:retry|try again) (?:in|after)\s+(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m(?!s))?(?:(?P<s>\d+(?:\.\d+)?)\s*s)?(?:(?P<ms>\d+(?:\.\d+)?)ms)?",
    re.IGNORECASE,
)


def retry_after(
    headers: Mapping[str, str], details: Iterable[Mapping[str, Any]] = (), message: str = ""
) -> float | None:
    """Seconds to wait, from the headers, else from a structured detail, else from the message's words."""
    named = {name.lower(): value for name, value in headers.items()}
    for seconds in (
        _number(named.get("retry-after-ms"), 0.001),
        _number(named.get("retry-after")),
        _date(named.get("retry-after")),
        *(_number(str(detail.get("retryDelay", "")).removesuffix("s")) for detail in details),
        _words(message),
    ):
        if seconds is not None:
            return seconds
    return None


def _number(value: str | None, unit: float = 1.0) -> float | None:
    try:
        seconds = float(value or "") * unit
    except ValueError:
        return None
    # Also refuses NaN and infinity, which float() takes.
    return seconds if 0 <= seconds < 10_000_000 else None


def _date(value: str | None) -> float | None:
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _words(message: str) -> float | None:
    found = _IN_WORDS.search(message)
    if found is None or not any(found.groups()):
        return None
    part = {name: float(value or 0) for name, value in found.groupdict().items()}
    return part["h"] * 3600 + part["m"] * 60 + part["s"] + part["ms"] / 1000
