"""Every error that Lumina raises: what happened, and what to do about it.

Each class has a stable `code` (it travels in `Failed` events, HTTP bodies and logs) and says whether
trying again can help. The message is one sentence for a person; the hint says what to do next.
Neither ever holds a key: text that came from outside goes through `telemetry.redaction` first.
"""

from __future__ import annotations

from typing import ClassVar


class LuminaError(Exception):
    """The base of every error that Lumina raises on purpose.

    Args:
        message: What happened, one sentence.
        hint: What to do next; the class's own hint when omitted.
        provider: The model provider it concerns, where there is one.
        retry_after: Seconds after which the provider asked to be tried again.
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    default_hint: ClassVar[str] = "Run `lumina doctor` to see what is wrong and how to mend it."

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        provider: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = self.default_hint if hint is None else hint
        self.provider = provider
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


# --- what a provider can answer ------------------------------------------------------------------


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


class ConnectionFailed(ProviderError):
    """No connection to the provider could be made."""

    code = "connection_failed"
    http_status = 502
    default_hint = "Check the address, the network, and the proxy and CA settings (`lumina doctor`)."


class StreamBroken(ProviderError):
    """The answer ended before it was complete, or was not what the protocol allows."""

    code = "stream_broken"
    http_status = 502
    default_hint = "What arrived is kept; ask again for the rest."


class InvalidToolArguments(ProviderError):
    """The model called a tool with arguments that are not a JSON object."""

    code = "invalid_tool_arguments"
    http_status = 502
    default_hint = "Ask again, raise --max-tokens, or choose a model with better tool support."


# --- what Lumina itself can run into -------------------------------------------------------------


class NoModelAvailable(LuminaError):
    """Nothing can answer: no key, no local server and no embedded model on disk."""

    code = "no_model"
    http_status = 503
    default_hint = (
        "Fetch the embedded model with `lumina pull qwen2.5-coder-0.5b`, or set a key with `lumina keys set PROVIDER`."
    )


class UnknownName(LuminaError):
    """A `{{name}}` in a prompt, or an option's value, names something that does not exist."""

    code = "unknown_name"
    http_status = 400
    default_hint = "Define it first, or write the braces with a space between them to keep them as text."


class ExpressionFailed(LuminaError):
    """A `{{expression}}` in a prompt raised an error."""

    code = "expression_failed"
    http_status = 400
    default_hint = "Correct the expression and run the cell again; nothing was sent."


class AnswerUnusable(LuminaError):
    """The answer is not what was asked for, such as no JSON."""

    code = "answer_unusable"
    http_status = 502
    default_hint = "Ask again, name a --schema, or choose a larger model."


class InvalidOption(LuminaError):
    """A command or magic was given an option or value that it does not take."""

    code = "invalid_option"
    http_status = 400
    default_hint = "`%lumina help` and `lumina --help` list the options."


class InvalidSetting(LuminaError):
    """A setting has a value that cannot be used."""

    code = "invalid_setting"
    default_hint = "Correct it in jupyter_lumina_config.py or the settings editor."


class MissingExtra(LuminaError):
    """A feature needs packages that the base install leaves out."""

    code = "missing_extra"
    http_status = 501

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs packages that are not installed.",
            hint=f"Install them with: pip install 'lumina-jupyter[{extra}]'",
        )


class EmbeddedModelFailed(LuminaError):
    """The embedded model's process died."""

    code = "embedded_model_failed"
    http_status = 503
    retryable = True
    default_hint = "Ask again: it restarts by itself. If it goes on, run `lumina doctor`."


class EmbeddedModelUnusable(EmbeddedModelFailed):
    """The embedded model's process does not come up; trying again at once would end alike."""

    code = "embedded_model_unusable"
    retryable = False
    default_hint = "Run `lumina doctor`, or choose another model with c.Lumina.embedded_model."


class DownloadFailed(LuminaError):
    """A model could not be fetched, or what arrived was not the right bytes."""

    code = "download_failed"
    http_status = 502
    default_hint = "Run the same `lumina pull` again; it resumes where it stopped."


class DiskFull(LuminaError):
    """There is not enough room on the disk."""

    code = "disk_full"
    http_status = 507
    default_hint = "Free some room and try again; nothing that was saved is lost."


class StorageFailed(LuminaError):
    """The database or the data folder cannot be read or written."""

    code = "storage_failed"
    default_hint = "Check the permissions of the data folder (`lumina doctor` names it)."


class SnapshotDamaged(StorageFailed):
    """A moment in a notebook's history is not on the disk as it was stored."""

    code = "snapshot_damaged"
    default_hint = "The other moments stay usable: choose another one."


class KeyStoreFailed(LuminaError):
    """The store of provider keys cannot be read or written."""

    code = "key_store_failed"
    default_hint = "Check the data folder's permissions, or set the provider's environment variable instead."


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


# --- notebooks that people and agents edit ---------------------------------------------------------


class CellChanged(LuminaError):
    """Somebody changed the cell since the author of a write read it; `source` and `hash` are the cell's now."""

    code = "cell_changed"
    http_status = 409
    default_hint = "Read the cell's new text and decide again; nothing was written."

    def __init__(
        self, message: str, *, cell_id: str = "", source: str = "", hash: str = "", hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.cell_id = cell_id
        self.source = source
        self.hash = hash


class CellGone(LuminaError):
    """There is no cell of that id in the notebook."""

    code = "cell_gone"
    http_status = 404
    default_hint = "It was deleted, or never was there; read the notebook again. Nothing was written."


class EditDoesNotFit(LuminaError):
    """An edit that the cell, as it is, does not allow: text that is not in it, lines that it does not have."""

    code = "edit_does_not_fit"
    http_status = 422
    default_hint = "Read the cell again and name what is in it; nothing was written."


class NotebookUnreadable(LuminaError):
    """A file is no notebook that could be understood; it is left as it is."""

    code = "notebook_unreadable"
    http_status = 422
    default_hint = "Nothing was written over it; `lumina notebook history` lists earlier states to restore."


class KernelUnavailable(LuminaError):
    """The kernel that a notebook's cells are to run on cannot be had."""

    code = "kernel_unavailable"
    http_status = 409
    default_hint = "`jupyter kernelspec list` shows which kernels there are; choose one of them for the notebook."


class KernelDied(LuminaError):
    """The kernel ended, or was restarted, before a cell did."""

    code = "kernel_died"
    http_status = 409
    default_hint = "Its variables are gone: run the notebook's cells again from the first one."


class RunTimedOut(LuminaError):
    """A cell took longer than its time limit and was interrupted."""

    code = "run_timed_out"
    http_status = 409
    default_hint = "Give it more time, or less to do."


class RunInterrupted(LuminaError):
    """Somebody stopped a run."""

    code = "run_interrupted"
    http_status = 409
    default_hint = "What it had put out is kept; run the cells again to go on."


class CellFailed(LuminaError):
    """A cell raised an error."""

    code = "cell_failed"
    http_status = 409
    default_hint = "The cell's output has the traceback."


class InputRefused(CellFailed):
    """A cell asked for input, and in a run from the server there is nobody to be asked."""

    code = "input_refused"
    default_hint = "Run the cell in JupyterLab, or put the value into a variable instead of `input()`."


# --- tools ------------------------------------------------------------------------------------------


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


# --- the sandbox and the web -------------------------------------------------------------------------


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


# --- servers that speak MCP --------------------------------------------------------------------------


class McpConfigInvalid(LuminaError):
    """`mcp.json`, or an entry of it, cannot be understood."""

    code = "mcp_config_invalid"
    http_status = 400
    default_hint = "`lumina mcp list` names the file; docs/mcp.md shows what can stand in it."


class McpServerUnavailable(LuminaError):
    """An MCP server does not start, does not answer, or is not there any more."""

    code = "mcp_server_unavailable"
    http_status = 502
    default_hint = "`lumina mcp test NAME` tries it out and shows what it printed."


class McpServerMisbehaved(McpServerUnavailable):
    """An MCP server broke the protocol or went beyond its limits, and was cut off."""

    code = "mcp_server_misbehaved"
    default_hint = "Do not use it until its author has mended it; `lumina mcp remove NAME` takes it out."


class McpCallFailed(LuminaError):
    """A call of an MCP server's tool ended in an error; the message quotes the server, which is not trusted."""

    code = "mcp_call_failed"
    http_status = 502
    default_hint = "Change the arguments as the message says, or do without this tool."


def error_classes() -> dict[str, type[LuminaError]]:
    """Every error class by its code."""
    found: dict[str, type[LuminaError]] = {}
    pending: list[type[LuminaError]] = [LuminaError]
    while pending:
        cls = pending.pop()
        found[cls.code] = cls
        pending.extend(cls.__subclasses__())
    return found
