"""What went wrong in a call through litellm, as one of our errors.

litellm's own exception classes lose too much (an overload becomes a 500, a context that is too long a bad
request), so the provider's own status and body decide wherever there are any.
"""

from __future__ import annotations

import re

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

_UNDECODABLE = re.compile("undecoded bytes|decoded to no events|known event type")
_CLASS_NAME = re.compile(r"litellm\.\w+: ?")


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
    """An error in one of Bedrock's binary frames, which litellm has read, or bytes that make no sense."""
    status = getattr(error, "status_code", None)
    if type(error).__name__ == "BedrockError" and isinstance(status, int) and not _UNDECODABLE.search(str(error)):
        return failure_of(status, str(error).encode(), {}, target.provider, target.key)
    return StreamBroken(f"{target.provider} sent something that is not part of its protocol.", provider=target.provider)


def _before_sending(error: Exception, target: Target) -> LuminaError:
    """What litellm could not write, or what it needs to sign it."""
    provider = target.provider
    if isinstance(error, ImportError):
        return MissingExtra(f"Calling {provider}", "vertex" if "google" in str(error).lower() else "all")
    origin = f"{type(error).__module__}.{type(error).__qualname__} {type(error.__cause__).__module__}"
    text = _sentence(error, target)
    if "google.auth" in origin or "botocore" in origin or "credentials" in text.lower():
        return AuthenticationFailed(
            f"The credentials for {provider} could not be used ({type(error).__name__}).", provider=provider
        )
    if isinstance(error, TimeoutError):
        return ProviderTimeout(f"{provider} sent nothing for {target.stream_timeout:g} s.", provider=provider)
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None)
    if isinstance(response, httpx.Response) and isinstance(status, int) and response.is_stream_consumed:
        return failure_of(status, response.content or text.encode(), response.headers, provider, target.key)
    if isinstance(status, int) and 400 <= status < 500:
        return failure_of(status, text.encode(), {}, provider, target.key)
    return InvalidRequest(f"The request cannot be written for {provider}: {text}", provider=provider)


def _sentence(error: Exception, target: Target) -> str:
    """The exception's own words, without litellm's class names, the traceback that it appends, or the key."""
    text = str(getattr(error, "message", "") or error).partition("Traceback (most recent")[0]
    text = _CLASS_NAME.sub("", text).strip().partition("\n")[0][:300]
    if target.key is not None:
        for part in {target.key.reveal(), *target.key.reveal().split(":")}:
            if len(part) >= 8:
                text = text.replace(part, "***")
    return text
