"""The server: that it answers, and what it takes, shows and lets be decided."""

from __future__ import annotations

from lumina_jupyter.errors.base import LuminaError


class ServerUnreachable(LuminaError):
    """The Jupyter server that this kernel or command belongs to does not answer."""

    code = "server_unreachable"
    http_status = 502
    retryable = True
    default_hint = "Check that the Jupyter server still runs; unset LUMINA_URL to work without one."


class InvalidBody(LuminaError):
    """What was sent to the server is not what the route takes; `field` names the place, as in `messages[0].role`."""

    code = "invalid_body"
    http_status = 400
    default_hint = "`/lumina/api/openapi.json` describes what each route takes."

    def __init__(self, message: str, *, field: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.field = field


class BodyTooLarge(LuminaError):
    """What was sent to the server is larger than it takes."""

    code = "body_too_large"
    http_status = 413
    default_hint = "Send less, or raise `c.Lumina.max_body_mb`."


class Forbidden(LuminaError):
    """The server does not know who asks, or does not let them do this."""

    code = "forbidden"
    http_status = 403
    default_hint = "Send the Jupyter server's token as `Authorization: Bearer TOKEN`."


class NotFound(LuminaError):
    """A conversation, run or other thing of that id does not exist."""

    code = "not_found"
    http_status = 404
    default_hint = "It may have been deleted; list what is there first."


class AlreadyDecided(LuminaError):
    """Somebody else decided this first: a part of a proposal, or an approval."""

    code = "already_decided"
    http_status = 409
    default_hint = "Look at it again: what is left of it can still be decided."


class ProposalStale(LuminaError):
    """What was proposed no longer fits the notebook as it is now."""

    code = "proposal_stale"
    http_status = 409
    default_hint = "Refuse it, or ask for the same again for the notebook as it is now."
