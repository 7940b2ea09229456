"""Every route, in one table: its path, its handler."""

from __future__ import annotations

from dataclasses import dataclass

from .base import LuminaHandler
from .handlers.agent_runs import (
    AgentEventsHandler,
    AgentRunHandler,
    AgentRunsHandler,
    AgentStreamHandler,
    GearsHandler,
)
from .handlers.agent_steering import (
    AgentPlanHandler,
    AgentReplyHandler,
    AgentShiftHandler,
    AgentSteeringHandler,
    AgentUndoHandler,
)
from .handlers.api_description import ApiDescriptionHandler
from .handlers.approvals import (
    ApprovalHandler,
    ApprovalsHandler,
    ApprovalStreamHandler,
    RuleHandler,
    RulesHandler,
)
from .handlers.attachments import AttachmentHandler
from .handlers.audit import AuditHandler
from .handlers.automl_jobs import (
    AutoMLJobsHandler,
    ComparisonHandler,
    EndedExperimentsHandler,
    ExperimentHandler,
    ExperimentsHandler,
    ExperimentStreamHandler,
    ResumeHandler,
    SteeringHandler,
)
from .handlers.automl_models import CardHandler, CodeHandler, PredictHandler
from .handlers.chat import CancelHandler, ChatHandler
from .handlers.commands import CommandsHandler
from .handlers.completions import CompletionsHandler
from .handlers.context import ContextPreviewHandler, NotebookMapHandler
from .handlers.conversation_files import ExportHandler, ImportHandler, SearchHandler
from .handlers.conversations import (
    ConversationEventsHandler,
    ConversationHandler,
    ConversationsHandler,
    ResetHandler,
)
from .handlers.doctor import DoctorHandler
from .handlers.embedded import EmbeddedHandler, PullHandler
from .handlers.health import HealthHandler
from .handlers.keys import KeyHandler
from .handlers.mcp import McpHandler
from .handlers.mcp_servers import McpRestartHandler, McpServersHandler
from .handlers.models import ModelsHandler
from .handlers.notebook_cells import CellHandler, CellsHandler
from .handlers.notebook_content import NotebookContentHandler
from .handlers.notebook_events import NotebookEventsHandler
from .handlers.notebook_history import GoneHandler, HistoryHandler, MomentHandler, RestoreHandler
from .handlers.notebook_notices import NoticesHandler
from .handlers.notebook_proposals import ProposalsHandler, VerdictHandler
from .handlers.notebook_runs import InterruptHandler, RunHandler, RunsHandler
from .handlers.notebook_undo import StepsHandler, UndoHandler
from .handlers.nothing import NothingHandler, OpenAINothingHandler
from .handlers.openai_chat import ChatCompletionsHandler
from .handlers.openai_embeddings import EmbeddingsHandler
from .handlers.openai_models import OpenAIModelHandler, OpenAIModelsHandler
from .handlers.page_requests import PageRequestHandler
from .handlers.personas import PersonasHandler
from .handlers.preferences import PreferencesHandler
from .handlers.presence import PresenceHandler
from .handlers.providers import ProbeHandler, ProvidersHandler
from .handlers.questions import QuestionHandler, QuestionsHandler
from .handlers.stream import ConversationStreamHandler
from .handlers.streams import StreamsHandler
from .handlers.tools import DeclaredToolsHandler, ToolCallHandler, ToolsHandler
from .handlers.turns import TurnsHandler
from .handlers.usage import UsageHandler
from .handlers.variables import VariablesHandler

_ID = r"([\w.-]+)"
_EXPERIMENT = r"/lumina/api/automl/experiments/([^/]+)"


@dataclass(frozen=True, slots=True)
class Route:
    """A regular expression for the path below the server's base URL, and what handles it."""

    pattern: str
    handler: type[LuminaHandler]


def routes() -> tuple[Route, ...]:
    """The routes; the first that fits is taken, and the last of a surface takes whatever is left."""
    return (
        Route(r"/lumina/api/chat", ChatHandler),
        Route(rf"/lumina/api/chat/{_ID}/cancel", CancelHandler),
        Route(r"/lumina/api/commands", CommandsHandler),
        Route(r"/lumina/api/completions", CompletionsHandler),
        Route(r"/lumina/api/models", ModelsHandler),
        Route(r"/lumina/api/providers", ProvidersHandler),
        Route(rf"/lumina/api/providers/{_ID}/probe", ProbeHandler),
        Route(r"/lumina/api/embedded", EmbeddedHandler),
        Route(rf"/lumina/api/embedded/{_ID}/pull", PullHandler),
        Route(r"/lumina/api/preferences", PreferencesHandler),
        Route(r"/lumina/api/doctor", DoctorHandler),
        Route(r"/lumina/api/usage", UsageHandler),
        Route(r"/lumina/api/health", HealthHandler),
        Route(r"/lumina/api/context/variables", VariablesHandler),
        Route(r"/lumina/api/context/preview", ContextPreviewHandler),
        Route(r"/lumina/api/context/map", NotebookMapHandler),
        Route(rf"/lumina/api/keys/{_ID}", KeyHandler),
        Route(r"/lumina/api/notebooks/content", NotebookContentHandler),
        Route(r"/lumina/api/notebooks/cells", CellsHandler),
        Route(rf"/lumina/api/notebooks/cells/{_ID}", CellHandler),
        Route(r"/lumina/api/notebooks/run", RunsHandler),
        Route(rf"/lumina/api/notebooks/run/{_ID}", RunHandler),
        Route(rf"/lumina/api/notebooks/run/{_ID}/interrupt", InterruptHandler),
        Route(r"/lumina/api/notebooks/runs", StepsHandler),
        Route(r"/lumina/api/notebooks/(undo|redo)", UndoHandler),
        Route(r"/lumina/api/notebooks/events", NotebookEventsHandler),
        Route(r"/lumina/api/notebooks/history", HistoryHandler),
        Route(r"/lumina/api/notebooks/gone", GoneHandler),
        Route(r"/lumina/api/notebooks/notices", NoticesHandler),
        Route(rf"/lumina/api/notebooks/history/{_ID}", MomentHandler),
        Route(r"/lumina/api/notebooks/restore", RestoreHandler),
        Route(r"/lumina/api/notebooks/proposals", ProposalsHandler),
        Route(rf"/lumina/api/notebooks/proposals/{_ID}/(accept|refuse)", VerdictHandler),
        Route(r"/lumina/api/conversations", ConversationsHandler),
        Route(r"/lumina/api/conversations/reset", ResetHandler),
        Route(r"/lumina/api/conversations/search", SearchHandler),
        Route(r"/lumina/api/conversations/import", ImportHandler),
        Route(rf"/lumina/api/conversations/{_ID}/export", ExportHandler),
        Route(rf"/lumina/api/conversations/{_ID}/events", ConversationEventsHandler),
        Route(rf"/lumina/api/conversations/{_ID}/stream", ConversationStreamHandler),
        Route(rf"/lumina/api/conversations/{_ID}/turns", TurnsHandler),
        Route(rf"/lumina/api/conversations/{_ID}/presence", PresenceHandler),
        Route(rf"/lumina/api/conversations/{_ID}/attachments/([0-9a-f]{{64}})", AttachmentHandler),
        Route(rf"/lumina/api/conversations/{_ID}", ConversationHandler),
        Route(r"/lumina/api/tools", ToolsHandler),
        Route(r"/lumina/api/tools/declared", DeclaredToolsHandler),
        Route(rf"/lumina/api/tools/{_ID}/call", ToolCallHandler),
        Route(r"/lumina/api/approvals", ApprovalsHandler),
        Route(r"/lumina/api/approvals/stream", ApprovalStreamHandler),
        Route(r"/lumina/api/approvals/rules", RulesHandler),
        Route(rf"/lumina/api/approvals/rules/{_ID}", RuleHandler),
        Route(rf"/lumina/api/approvals/{_ID}", ApprovalHandler),
        Route(r"/lumina/api/audit", AuditHandler),
        Route(r"/lumina/api/gears", GearsHandler),
        Route(r"/lumina/api/personas", PersonasHandler),
        Route(r"/lumina/api/runs", AgentRunsHandler),
        Route(rf"/lumina/api/runs/{_ID}", AgentRunHandler),
        Route(rf"/lumina/api/runs/{_ID}/events", AgentEventsHandler),
        Route(rf"/lumina/api/runs/{_ID}/stream", AgentStreamHandler),
        Route(rf"/lumina/api/runs/{_ID}/plan", AgentPlanHandler),
        Route(rf"/lumina/api/runs/{_ID}/reply", AgentReplyHandler),
        Route(rf"/lumina/api/runs/{_ID}/(pause|resume|stop)", AgentSteeringHandler),
        Route(rf"/lumina/api/runs/{_ID}/shift", AgentShiftHandler),
        Route(rf"/lumina/api/runs/{_ID}/(undo|redo)", AgentUndoHandler),
        Route(r"/lumina/api/automl/jobs", AutoMLJobsHandler),
        Route(r"/lumina/api/automl/experiments", ExperimentsHandler),
        Route(r"/lumina/api/automl/history", EndedExperimentsHandler),
        Route(r"/lumina/api/automl/comparison", ComparisonHandler),
        Route(rf"{_EXPERIMENT}/stream", ExperimentStreamHandler),
        Route(rf"{_EXPERIMENT}/(pause|go-on|stop)", SteeringHandler),
        Route(rf"{_EXPERIMENT}/resume", ResumeHandler),
        Route(rf"{_EXPERIMENT}/predict", PredictHandler),
        Route(rf"{_EXPERIMENT}/card", CardHandler),
        Route(rf"{_EXPERIMENT}/code", CodeHandler),
        Route(_EXPERIMENT, ExperimentHandler),
        Route(r"/lumina/api/streams", StreamsHandler),
        Route(r"/lumina/api/openapi\.json", ApiDescriptionHandler),
        Route(r"/lumina/api/mcp/servers", McpServersHandler),
        Route(r"/lumina/api/mcp/servers/([^/]+)/restart", McpRestartHandler),
        Route(r"/lumina/api/questions", QuestionsHandler),
        Route(rf"/lumina/api/questions/{_ID}", QuestionHandler),
        Route(rf"/lumina/api/pages/requests/{_ID}", PageRequestHandler),
        Route(r"/lumina/mcp", McpHandler),
        Route(r"/lumina/v1/chat/completions", ChatCompletionsHandler),
        Route(r"/lumina/v1/embeddings", EmbeddingsHandler),
        Route(r"/lumina/v1/models", OpenAIModelsHandler),
        Route(r"/lumina/v1/models/(.+)", OpenAIModelHandler),
        Route(r"/lumina/v1(|/.*)", OpenAINothingHandler),
        Route(r"/lumina(|/.*)", NothingHandler),
    )
