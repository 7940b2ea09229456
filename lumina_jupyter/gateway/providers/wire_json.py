"""Request bodies as bytes that any server can read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ...errors import InvalidRequest

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def encode_json(body: Mapping[str, Any]) -> bytes:
    """The body as compact UTF-8 JSON.

    A lone surrogate (half a character, as broken text holds it) has no UTF-8 and makes servers refuse
    the whole body: U+FFFD, the sign for a broken character, is sent in its place.

    Raises:
        InvalidRequest: when something in the body has no JSON.
    """
    try:
        text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidRequest(f"The request cannot be written as JSON: {error}.") from error
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _LONE_SURROGATE.sub("\ufffd", text).encode()
