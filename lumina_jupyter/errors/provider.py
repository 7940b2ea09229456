"""What a model provider can answer instead of what was asked for."""

from __future__ import annotations

from lumina_jupyter.errors.base import LuminaError


class ProviderError(LuminaError):
    """The provider failed in a way that no narrower class describes."""

    code = "provider_error"
    http_status = 502
    retryable = True
    default_hint = "Try again; if it goes on, look at the provider's status page or choose another model."


class AuthenticationFailed(ProviderError):
    """The provider refused the key, or there was none."""

    code = "authentication_failed"
    http_status = 401
    retryable = False
    default_hint = "Set a valid key with `lumina keys set PROVIDER`."


class PermissionRefused(ProviderError):
    """The key is valid but may not use this model or feature."""

    code = "permission_refused"
    http_status = 403
    retryable = False
    default_hint = "Check in the provider's console that this account may use the model."


class ModelNotFound(ProviderError):
    """There is no model of that name at that provider."""

    code = "model_not_found"
    http_status = 404
    retryable = False
    default_hint = "`%lumina models` or `lumina models` lists what is available."


class InvalidRequest(ProviderError):
    """The provider (or we) found the request itself wrong."""

    code = "invalid_request"
    http_status = 400
    retryable = False
    default_hint = "Change the request as the message says."


class ContextTooLong(InvalidRequest):
    """The prompt and the answer do not fit into the model's context window."""

    code = "context_too_long"
    http_status = 413
    default_hint = "Send less context, begin anew with `%lumina reset`, or choose a model with a larger context."


class ContentFiltered(ProviderError):
    """The provider's content filter refused the prompt or the answer."""

    code = "content_filtered"
    http_status = 422
    retryable = False
    default_hint = "Reword the prompt or choose another model."


class RateLimited(ProviderError):
    """Too many requests or tokens in the provider's time window."""

    code = "rate_limited"
    http_status = 429
    default_hint = "Wait a moment and try again, or choose another model."


class QuotaExhausted(ProviderError):
    """The account has no credit left; waiting does not help."""

    code = "quota_exhausted"
    http_status = 402
    retryable = False
    default_hint = "Add credit to the provider's account or choose another model."


class Overloaded(ProviderError):
    """The provider is there but has no capacity at the moment."""

    code = "overloaded"
    http_status = 503
    default_hint = "Try again in a moment or choose another model."


class ProviderTimeout(ProviderError):
    """The provider sent nothing for longer than the time limit."""

    code = "timeout"
    http_status = 504
    default_hint = "Try again; `c.Lumina.stream_timeout` sets how long to wait for each piece."


class StreamBroken(ProviderError):
    """The answer ended before it was complete, or was not what the protocol allows."""

    code = "stream_broken"
    http_status = 502
    default_hint = "What arrived is kept; ask again for the rest."


class ConnectionFailed(ProviderError):
    """No connection to the provider could be made."""

    code = "connection_failed"
    http_status = 502
    default_hint = "Check the address, the network, and the proxy and CA settings (`lumina doctor`)."


class InvalidToolArguments(ProviderError):
    """The model called a tool with arguments that are not a JSON object."""

    code = "invalid_tool_arguments"
    http_status = 502
    default_hint = "Ask again, raise --max-tokens, or choose a model with better tool support."
