"""Every error that Lumina raises: what happened, and what to do about it.

Each class has a stable `code` (it travels in `Failed` events, HTTP bodies and logs) and says whether
trying again can help. The message is one sentence for a person; the hint says what to do next.
Neither ever holds a key: text that came from outside goes through `telemetry.redaction` first.
"""

from __future__ import annotations

from lumina_jupyter.errors.agent import AgentLooped, BudgetExhausted, PlanUnusable, RunNotReady
from lumina_jupyter.errors.base import LuminaError, error_classes
from lumina_jupyter.errors.mcp import McpCallFailed, McpConfigInvalid, McpServerMisbehaved, McpServerUnavailable
from lumina_jupyter.errors.model import DownloadFailed, EmbeddedModelFailed, EmbeddedModelUnusable, NoModelAvailable
from lumina_jupyter.errors.notebook import (
    CellChanged,
    CellFailed,
    CellGone,
    EditDoesNotFit,
    InputRefused,
    KernelDied,
    KernelUnavailable,
    NotebookUnreadable,
    RunInterrupted,
    RunTimedOut,
)
from lumina_jupyter.errors.provider import (
    AuthenticationFailed,
    ConnectionFailed,
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
    StreamBroken,
)
from lumina_jupyter.errors.service import (
    AlreadyDecided,
    BodyTooLarge,
    Forbidden,
    InvalidBody,
    NotFound,
    ProposalStale,
    ServerUnreachable,
)
from lumina_jupyter.errors.storage import DiskFull, KeyStoreFailed, SnapshotDamaged, StorageFailed
from lumina_jupyter.errors.tool import (
    ApprovalExpired,
    CallerCannotBeAsked,
    FetchFailed,
    FetchRefused,
    InvalidArguments,
    SandboxUnavailable,
    ToolDenied,
    ToolFailed,
    ToolTimedOut,
    UnknownTool,
)
from lumina_jupyter.errors.usage import (
    AnswerUnusable,
    ExpressionFailed,
    InvalidOption,
    InvalidSetting,
    MissingExtra,
    UnknownName,
)

__all__ = [
    "AgentLooped",
    "AlreadyDecided",
    "AnswerUnusable",
    "ApprovalExpired",
    "AuthenticationFailed",
    "BodyTooLarge",
    "BudgetExhausted",
    "CallerCannotBeAsked",
    "CellChanged",
    "CellFailed",
    "CellGone",
    "ConnectionFailed",
    "ContentFiltered",
    "ContextTooLong",
    "DiskFull",
    "DownloadFailed",
    "EditDoesNotFit",
    "EmbeddedModelFailed",
    "EmbeddedModelUnusable",
    "ExpressionFailed",
    "FetchFailed",
    "FetchRefused",
    "Forbidden",
    "InputRefused",
    "InvalidArguments",
    "InvalidBody",
    "InvalidOption",
    "InvalidRequest",
    "InvalidSetting",
    "InvalidToolArguments",
    "KernelDied",
    "KernelUnavailable",
    "KeyStoreFailed",
    "LuminaError",
    "McpCallFailed",
    "McpConfigInvalid",
    "McpServerMisbehaved",
    "McpServerUnavailable",
    "MissingExtra",
    "ModelNotFound",
    "NoModelAvailable",
    "NotFound",
    "NotebookUnreadable",
    "Overloaded",
    "PermissionRefused",
    "PlanUnusable",
    "ProposalStale",
    "ProviderError",
    "ProviderTimeout",
    "QuotaExhausted",
    "RateLimited",
    "RunInterrupted",
    "RunNotReady",
    "RunTimedOut",
    "SandboxUnavailable",
    "ServerUnreachable",
    "SnapshotDamaged",
    "StorageFailed",
    "StreamBroken",
    "ToolDenied",
    "ToolFailed",
    "ToolTimedOut",
    "UnknownName",
    "UnknownTool",
    "error_classes",
]
