"""Tools: their calls, the permission to make them, the sandbox and the web."""

from __future__ import annotations

from lumina_jupyter.errors.base import LuminaError


class UnknownTool(LuminaError):
    """There is no tool of that name for who asks."""

    code = "unknown_tool"
    http_status = 404
    default_hint = "`%lumina tools` or `lumina tools` lists what there is."


class InvalidArguments(LuminaError):
    """A tool was called with arguments that it does not take; the message says which, so that a model can mend them."""

    code = "invalid_arguments"
    http_status = 422
    default_hint = "Call it again with arguments that fit its schema; nothing was done."


class ToolFailed(LuminaError):
    """A tool began and could not do what it was called for."""

    code = "tool_failed"
    default_hint = "Look at what it says, change the call or do it another way."


class ToolTimedOut(ToolFailed):
    """A tool took longer than its time limit and was stopped."""

    code = "tool_timed_out"
    default_hint = "Ask it for less, or raise `c.Lumina.tool_timeouts`."


class CallerCannotBeAsked(ToolFailed):
    """A tool needs to know something that whoever called it cannot be asked."""

    code = "caller_cannot_be_asked"
    http_status = 422
    default_hint = "Give it all that it needs in its arguments, or call it from somewhere where it can ask."


class NoPageOpen(ToolFailed):
    """Something is to be shown to a person who has no page open that could."""

    code = "no_page_open"
    http_status = 409
    default_hint = "Say in words what is to be looked at, or ask her to open the notebook."


class ToolDenied(LuminaError):
    """A policy, a rule or a person does not allow this call; nothing was done."""

    code = "tool_denied"
    http_status = 403
    default_hint = "The notebook's policy and `c.Lumina.tool_policy` say what tools may do there."


class ApprovalExpired(LuminaError):
    """An approval was not decided in time, or is for a call that is not this one any more."""

    code = "approval_expired"
    http_status = 409
    default_hint = "Ask for the same again: a new approval is made for it."


class SandboxUnavailable(LuminaError):
    """Code that is not the user's cannot be shut in on this machine, and is therefore not run."""

    code = "sandbox_unavailable"
    http_status = 501
    default_hint = "Nothing was run. `lumina doctor` says what the sandbox needs here."


class FetchRefused(LuminaError):
    """A page may not be fetched: its host is on no list, its address is not public, or it is not of a kind to read."""

    code = "fetch_refused"
    http_status = 403
    default_hint = "`c.Lumina.web_hosts` lists the hosts that tools may fetch from; add this one if you trust it."


class FetchFailed(ToolFailed):
    """A page could not be fetched."""

    code = "fetch_failed"
    http_status = 502
    default_hint = "Check the address, or try again later."
