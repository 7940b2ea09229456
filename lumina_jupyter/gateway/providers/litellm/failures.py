"""What went wrong in a call through litellm, as one of our errors.

litellm's own exception classes lose too much (an overload becomes a 500, a context that is too long a bad
request), so the provider's own status and body decide wherever there are any.
"""

from __future__ import annotations

from typing import Any

import httpx

from ....errors import (
    AuthenticationFailed,
    ConnectionFailed,
    InvalidRequest,
    LuminaError,
    MissingExtra,
    ProviderError,
    ProviderTimeout,
    StreamBroken,
)
from ..base import Target
from ..failures import failure_of, failure_of_payload
from .exchange import Exchange
from .tail import error_payload


def failure(error: Exception, exchange: Exchange, target: Target) -> LuminaError:
    """The error that a user shall see for what litellm or the connection raised."""
    if isinstance(error, LuminaError):
        return error
    refusal = exchange.refusal
    if refusal is not None:
        return failure_of(refusal.status, refusal.body, refusal.headers, target.provider, target.key)
    if exchange.error is not None:
        return connection_failure(exchange.error, target, answered=exchange.answered)
    if exchange.answered:
        payload = error_payload(exchange.tail)
        if payload is not None:
            return failure_of_payload(payload, target.provider, target.key)
        return _inside_stream(error, target)
    return _before_sending(error, target)


def connection_failure(error: httpx.HTTPError, target: Target, *, answered: bool) -> ProviderError:
    """The error for a connection that could not be made, fell silent or broke."""
    provider = target.provider
    if isinstance(error, httpx.ConnectTimeout):
        return ConnectionFailed(f"No connection to {provider} within {target.connect_timeout:g} s.", provider=provider)
    if isinstance(error, httpx.TimeoutException):
        return ProviderTimeout(f"{provider} sent nothing for {target.stream_timeout:g} s.", provider=provider)
    if isinstance(error, httpx.LocalProtocolError):
        # Its text quotes the header that is wrong, and that may be the key.
        return AuthenticationFailed(
            f"The request to {provider} could not be written: its key or a header holds characters "
            "that HTTP does not allow.",
            provider=provider,
        )
    if isinstance(error, httpx.UnsupportedProtocol):
        return ConnectionFailed(
            f"The address of {provider} is not a valid URL.",
            hint="Correct the base URL in the settings or the environment.",
            provider=provider,
        )
    if answered:
        return broken(target)
    return ConnectionFailed(f"No connection to {provider}: {str(error) or type(error).__name__}.", provider=provider)


def broken(target: Target) -> StreamBroken:
    """The error for an answer that ended before it was complete."""
    return StreamBroken(f"The answer of {target.provider} ended before it was complete.", provider=target.provider)


def _inside_stream(error: Exception, target: Target) -> ProviderError:
    """An error event that litellm has read (Bedrock's come in binary frames), or bytes that make no sense."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and 400 <= status < 600 and not _undecodable(error):
        message = str(getattr(error, "message", "") or "")
        return failure_of(status, message.encode(), {}, target.provider, target.key)
    return StreamBroken(f"{target.provider} sent something that is not part of its protocol.", provider=target.provider)


def _undecodable(error: Exception) -> bool:
    return "undecoded bytes" in str(error) or "decoded to no events" in str(error) or "known event type" in str(error)


def _before_sending(error: Exception, target: Target) -> LuminaError:
    """What litellm could not write, or what it needs to sign it."""
    provider = target.provider
    if isinstance(error, ImportError):
        return MissingExtra(f"Calling {provider}", "vertex" if "google" in str(error).lower() else "all")
    origin = f"{type(error).__module__}.{type(error).__qualname__} {type(error.__cause__).__module__}"
    text = _without_key(str(getattr(error, "message", "") or error), target)
    if "google.auth" in origin or "botocore" in origin or "credentials" in text.lower():
        return AuthenticationFailed(
            f"The credentials for {provider} could not be used ({type(error).__name__}).", provider=provider
        )
    status = getattr(error, "status_code", None)
    body = _response_body(error)
    if isinstance(status, int) and status >= 400:
        response: Any = getattr(error, "response", None)
        return failure_of(status, body or text.encode(), getattr(response, "headers", None) or {}, provider, target.key)
    if isinstance(error, TimeoutError):
        return ProviderTimeout(f"{provider} sent nothing for {target.stream_timeout:g} s.", provider=provider)
    return InvalidRequest(f"The request cannot be written for {provider}: {text[:300]}", provider=provider)


def _response_body(error: Exception) -> bytes:
    response = getattr(error, "response", None)
    if isinstance(response, httpx.Response) and response.is_stream_consumed:
        return response.content
    return b""


def _without_key(text: str, target: Target) -> str:
    if target.key is None:
        return text
    for part in {target.key.reveal(), *target.key.reveal().split(":")}:
        if len(part) >= 8:
            text = text.replace(part, "***")
    return text
