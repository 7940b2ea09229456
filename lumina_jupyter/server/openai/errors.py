"""From our errors to OpenAI's."""

from __future__ import annotations

from typing import Any

from ...errors import LuminaError, error_classes
from ...events import Failed

_TYPES = {
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    429: "rate_limit_error",
}
"""By HTTP status; of the others those below 500 are the request's fault."""
_CODES = {
    "context_too_long": "context_length_exceeded",
    "quota_exhausted": "insufficient_quota",
    "rate_limited": "rate_limit_exceeded",
    "authentication_failed": "invalid_api_key",
    "content_filtered": "content_filter",
}
"""Ours to those that OpenAI's clients look for; the others go out as they are."""


def error_body(code: str, message: str, *, hint: str = "", field: str = "", status: int) -> dict[str, Any]:
    """`{"error": {"message", "type", "param", "code"}}`, the hint at the message's end."""
    return {
        "error": {
            "message": f"{message} {hint}".strip(),
            "type": _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error"),
            "param": field or None,
            "code": _CODES.get(code, code),
        }
    }


def body_of_error(error: LuminaError, status: int | None = None) -> dict[str, Any]:
    """The body that tells of an error."""
    field = getattr(error, "field", "")
    return error_body(error.code, error.message, hint=error.hint, field=field, status=status or error.http_status)


def body_of_failure(failed: Failed) -> dict[str, Any]:
    """The body that tells of a stream's failure."""
    return error_body(failed.code, failed.message, hint=failed.hint, status=status_of(failed))


def status_of(failed: Failed) -> int:
    """The HTTP status of a stream's failure."""
    return error_classes().get(failed.code, LuminaError).http_status
