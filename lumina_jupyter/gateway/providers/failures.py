"""The one classifier of what providers answer when something is wrong, shared by all adapters.

Codes are looked at before words and words before the HTTP status, because many providers hide one
failure behind another's status.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...errors import (
    AuthenticationFailed,
    ContentFiltered,
    ContextTooLong,
    InvalidRequest,
    InvalidToolArguments,
    ModelNotFound,
    Overloaded,
    PermissionRefused,
    ProviderError,
    ProviderTimeout,
    QuotaExhausted,
    RateLimited,
)
from .base import Secret
from .error_bodies import ErrorBody, parse, read_error_body
from .excerpts import excerpt
from .retry_after import retry_after

_CODES: dict[type[ProviderError], frozenset[str]] = {
    ContextTooLong: frozenset({
        "context_length_exceeded", "context_window_exceeded", "too_many_prompt_tokens", "too_many_tokens", "request_too_large",
        "tokens_limit_reached", "exceed_context_size_error", "input_too_long", "max_tokens_exceeded",
    }),
    ContentFiltered: frozenset({
        "content_filter", "content_filtered", "responsibleaipolicyviolation", "content_policy_violation", "contentfilter",
        "content_filter_error", "moderation_blocked", "safety", "prohibited_content",
    }),
    QuotaExhausted: frozenset({
        "insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "billing_error", "insufficient_balance",
        "insufficient_credits", "payment_required", "quota_exceeded", "account_deactivated", "servicequotaexceededexception",
    }),
    ModelNotFound: frozenset({
        "model_not_found", "deploymentnotfound", "unknown_model", "invalid_model", "model_not_supported", "unknownmodel",
        "model_not_available", "model_decommissioned", "unavailable_model", "model_deprecated",
    }),
    AuthenticationFailed: frozenset({
        "invalid_api_key", "authentication_error", "unauthorized", "unauthenticated", "api_key_invalid", "invalid_authentication",
        "unrecognizedclientexception", "expiredtokenexception", "expiredtoken", "invalidsignatureexception", "wrong_api_key",
    }),
    PermissionRefused: frozenset({"permission_error", "permission_denied", "accessdeniedexception", "model_terms_required"}),
    InvalidToolArguments: frozenset({"tool_use_failed"}),
    Overloaded: frozenset({
        "overloaded_error", "overloaded", "unavailable", "service_unavailable", "serviceunavailableexception", "engine_overloaded",
        "model_overloaded", "modelnotreadyexception", "server_overloaded", "service_tier_capacity_exceeded", "slow_down",
    }),
    RateLimited: frozenset({
        "rate_limit_exceeded", "rate_limit_error", "ratelimitreached", "too_many_requests", "resource_exhausted",
        "throttlingexception", "rate_limited", "ratelimitexceeded", "1302",
    }),
    ProviderTimeout: frozenset({"timeout_error", "timeout", "deadline_exceeded", "modeltimeoutexception", "request_timeout"}),
}  # fmt: skip

_WORDS: dict[type[ProviderError], re.Pattern[str]] = {
    ContextTooLong: re.compile(
        r"context (?:length|window|size)|maximum (?:context|prompt|sequence|input|number of tokens)|prompt (?:is )?too long|input (?:is )?too long"
        r"|input tokens exceed|input token count|input length and `?max_tokens|too many (?:input |prompt )?tokens"
        r"|messages is too long|exceeds? the (?:model'?s )?(?:maximum|max|available) (?:context|input|token|length)"
        r"|too large for model|reduce the length of|prompt contains \d+ tokens|request too large for",
        re.IGNORECASE,
    ),
    ContentFiltered: re.compile(
        r"content management policy|content filter(?:ing)? polic|violat\w+ (?:our|the|openai'?s) (?:usage|content) polic|requires moderation"
        r"|flagged (?:by|as)|blocked by (?:the )?(?:safety|content)",
        re.IGNORECASE,
    ),
    QuotaExhausted: re.compile(
        r"credit balance|insufficient (?:balance|credits?|funds|quota)|out of credits?|used all (?:available|your) credits?"
        r"|more credits|requires? (?:a )?payment|payment required|monthly (?:included credits|spending limit)|billing hard limit",
        re.IGNORECASE,
    ),
    ModelNotFound: re.compile(
        r"model\b.{0,200}?(?:does ?n[o']t exist|not exist|not found|is not supported\. supported models|is not a valid model)"
        r"|no such model|unknown model|invalid model\b|model identifier is invalid|not a valid model id|unsupported model\b"
        r"|model_not_found|no endpoints found (?:for|matching)|deployment\b.{0,80}does not exist|^model: \S+$|model\b.{0,80}(?:decommissioned|was removed|has been removed|retired)"
        r"|models?/\S+ is not found",
        re.IGNORECASE | re.DOTALL,
    ),
    AuthenticationFailed: re.compile(
        r"api key not valid|(?:invalid|incorrect|missing|wrong|expired|no) (?:x-)?api[ -]?key|api key (?:is )?(?:invalid|expired|required|missing)"
        r"|authentication fail|security token.{0,40}(?:invalid|expired)|invalid bearer token|no auth credentials",
        re.IGNORECASE,
    ),
    Overloaded: re.compile(
        r"overloaded|no capacity|at capacity|capacity exceeded|currently loading|loading model|temporarily unavailable",
        re.IGNORECASE,
    ),
    RateLimited: re.compile(r"rate[ -]?limit|too many requests|throttl", re.IGNORECASE),
}

_STATUSES: dict[int, type[ProviderError]] = {
    401: AuthenticationFailed,
    402: QuotaExhausted,
    403: PermissionRefused,
    408: ProviderTimeout,
    413: ContextTooLong,
    429: RateLimited,
    502: ProviderError,
    503: Overloaded,
    504: ProviderTimeout,
    524: ProviderTimeout,
    529: Overloaded,
}

_SENTENCES: dict[type[ProviderError], str] = {
    AuthenticationFailed: "{provider} refused the key",
    PermissionRefused: "{provider} does not allow this",
    ModelNotFound: "{provider} has no such model",
    InvalidRequest: "{provider} refused the request",
    ContextTooLong: "The prompt is too long for this model of {provider}",
    ContentFiltered: "{provider}'s content filter refused the prompt or the answer",
    RateLimited: "{provider} asks to slow down",
    QuotaExhausted: "The account at {provider} has no credit left",
    Overloaded: "{provider} has no capacity at the moment",
    ProviderTimeout: "{provider} ran into its own time limit",
    InvalidToolArguments: "The model of {provider} called a tool wrongly",
    ProviderError: "{provider} failed",
}


def failure_of(
    status: int, body: bytes | str, headers: Mapping[str, str], provider: str, key: Secret | None = None
) -> ProviderError:
    """The error that an HTTP answer other than 2xx means.

    Args:
        status: The HTTP status.
        body: The answer's body, or the beginning of it.
        headers: The answer's headers; Retry-After is read in seconds and as a date.
        provider: The provider's name, for the message.
        key: The key that was sent, so that an echo of it is masked.
    """
    return _failure(status, parse(body), headers, provider, key)


def failure_of_payload(payload: Any, provider: str, key: Secret | None = None) -> ProviderError:
    """The error that an error object inside a 200 answer or stream means.

    Args:
        payload: The decoded JSON: the whole event, or its `error` alone.
        provider: The provider's name, for the message.
        key: The key that was sent, so that an echo of it is masked.
    """
    return _failure(None, payload, {}, provider, key)


def _failure(
    status: int | None, payload: Any, headers: Mapping[str, str], provider: str, key: Secret | None
) -> ProviderError:
    body = read_error_body(payload)
    cls = _classify(status or body.status, body)
    told = excerpt(_without_markup(body.message), key)
    sentence = _SENTENCES[cls].format(provider=provider) + (
        f": {told}" if told else f" (HTTP {status})." if status else "."
    )
    return cls(
        sentence,
        hint=_hint(cls, status, provider),
        provider=provider,
        retry_after=retry_after(headers, body.details, body.message)
        if issubclass(cls, RateLimited | Overloaded)
        else None,
    )


def _classify(status: int | None, body: ErrorBody) -> type[ProviderError]:
    for cls, codes in _CODES.items():
        if codes & body.codes and not (cls is QuotaExhausted and "resource_exhausted" in body.codes):
            return _unless_too_large(cls, body.message)
    if status is None or status not in (401, 402, 429, 529):
        # Those four are never used for anything else; the words of others tell more than their number.
        for cls, words in _WORDS.items():
            if words.search(body.message):
                return cls
    if status == 429:
        return (
            QuotaExhausted
            if _WORDS[QuotaExhausted].search(body.message)
            else _unless_too_large(RateLimited, body.message)
        )
    if status in _STATUSES:
        return _STATUSES[status]
    if status is not None and 300 <= status < 500:
        return InvalidRequest
    if status is None and body.codes & {
        "invalid_request_error",
        "validationexception",
        "invalid_argument",
        "bad_request",
    }:
        return InvalidRequest
    return ModelNotFound if status is None and "not_found_error" in body.codes else ProviderError


def _unless_too_large(cls: type[ProviderError], message: str) -> type[ProviderError]:
    """A request that is larger than a whole minute's allowance is refused as a rate limit, but waiting never helps."""
    return ContextTooLong if cls is RateLimited and re.match(r"request too large", message, re.IGNORECASE) else cls


def _hint(cls: type[ProviderError], status: int | None, provider: str) -> str | None:
    if cls is AuthenticationFailed:
        return f"Set a valid key with `lumina keys set {provider}`."
    if cls is InvalidRequest and status is not None and (status in (404, 405) or status < 400):
        return "Check the provider's base URL: this address does not answer as its API should."
    return None


def _without_markup(message: str) -> str:
    """An HTML page (a proxy's, mostly) says nothing that helps beyond its title."""
    if "<" not in message[:200]:
        return message
    title = re.search(r"<title[^>]*>(.*?)</title>", message, re.IGNORECASE | re.DOTALL)
    return title.group(1) if title else re.sub(r"<[^>]*>", " ", message)
