"""The OpenAPI 3.1 description of both surfaces, made from the types that check and fill them."""

from __future__ import annotations

from typing import Any

from .. import events
from .._version import __version__
from ..assist import CommandInfo
from ..assist.ghost_text import GhostTextRequest
from ..context.kernel import Seen
from ..context.map import NotebookMap
from ..context.report import ContextPreview
from ..doctor import Finding
from ..engine import Health
from ..gateway import ModelInfo, ProviderStatus
from ..gateway.embedded import EmbeddedModel, PullProgress
from ..gateway.probe import ProbeProgress
from ..memory import FORMATS, Conversation, Hit, LogEntry, Present, Question, Started
from ..storage import Preferences, PreferencesView, UsageRow
from .agent_operations import AGENT_EVENT_TYPES, AGENT_OPERATIONS, logged_event_schemas
from .automl_operations import AUTOML_OPERATIONS
from .bodies import adapter_of
from .context_bodies import WantedMap
from .handlers.conversation_files import MOST_HITS, Import
from .handlers.conversations import ConversationChange, NewConversation, Reset
from .handlers.keys import NewKey
from .handlers.presence import Typing
from .handlers.variables import WantedVariables
from .mcp_operations import MCP_OPERATIONS
from .notebook_operations import NOTEBOOK_FRAME_TYPES, NOTEBOOK_OPERATIONS
from .openai import wire
from .operation import FLAG, KERNEL, NOTEBOOK, REF, TEXT, Operation, Schema, object_of
from .tool_operations import TOOL_FRAME_TYPES, TOOL_OPERATIONS
from .turn_body import NewTurn

_ID = {"type": "string", "pattern": r"^[\w.-]+$"}
_PARAMETERS: dict[str, Schema] = {
    "experiment": {"type": "string"},
    "model": {"type": "string"},
    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}
"""Parameters of paths that are no ids."""


def _openai(kind: str, **properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {"object": {"const": kind}, **properties},
        "required": ["object", *properties],
    }


_RENAMED = {"lumina_jupyter.agent.plan.Step": "lumina_jupyter.agent.plan.PlanStep"}
"""What a type is called in the description, by its full name."""
_USAGE: Schema = {"type": ["object", "null"]}
_AFTER: dict[str, Schema] = {"after": {"type": "integer", "minimum": 0, "default": 0}}
_CONVERSATION: Schema = {"$ref": REF.format(model="Conversation")}
_PEOPLE: Schema = {"type": "array", "items": {"$ref": REF.format(model="Present")}}
_TURN_EVENT: Schema = {"$ref": REF.format(model="Event")}
_FRAMES: dict[str, Schema] = {
    "entry": {"$ref": REF.format(model="LogEntry")},
    "caught_up": object_of(running={"type": "array", "items": TEXT}, people=_PEOPLE),
    "tail": object_of(turn=TEXT, events={"type": "array", "items": _TURN_EVENT}),
    "live": object_of(turn=TEXT, event=_TURN_EVENT),
    "presence": object_of(people=_PEOPLE),
    "changed": object_of(conversation=_CONVERSATION),
    "removed": object_of(id=TEXT),
    "gone": object_of(),
}
_MODEL = _openai("model", id=TEXT, created={"type": "integer"}, owned_by=TEXT)

_OPERATIONS = (
    *NOTEBOOK_OPERATIONS,
    *TOOL_OPERATIONS,
    *MCP_OPERATIONS,
    *AGENT_OPERATIONS,
    *AUTOML_OPERATIONS,
    Operation(
        method="post",
        path="/lumina/api/chat",
        summary="Ask a question of a notebook's conversation.",
        request=Question,
        stream=True,
    ),
    Operation(
        method="post",
        path="/lumina/api/chat/{request_id}/cancel",
        summary="Stop an answer.",
        schema=object_of(cancelled={"type": "boolean"}),
    ),
    Operation(
        method="get",
        path="/lumina/api/commands",
        summary="The slash commands.",
        lists={"commands": CommandInfo},
    ),
    Operation(
        method="post",
        path="/lumina/api/context/variables",
        summary="A kernel's variables, also while a cell runs; closed to kernels.",
        request=WantedVariables,
        answer=Seen,
    ),
    Operation(
        method="post",
        path="/lumina/api/context/preview",
        summary="What a model would be shown beside a question; nothing is sent.",
        request=Question,
        answer=ContextPreview,
    ),
    Operation(
        method="post",
        path="/lumina/api/context/map",
        summary="Which cells are stale, where variables come from, and what to run again.",
        request=WantedMap,
        answer=NotebookMap,
    ),
    Operation(
        method="post",
        path="/lumina/api/completions",
        summary="Suggest code where somebody types.",
        request=GhostTextRequest,
        stream=True,
    ),
    Operation(
        method="get",
        path="/lumina/api/models",
        summary="The models that can answer now.",
        lists={"models": ModelInfo},
        query={"refresh": FLAG},
    ),
    Operation(
        method="get",
        path="/lumina/api/providers",
        summary="Every provider that Lumina knows.",
        lists={"providers": ProviderStatus},
        query={"refresh": FLAG},
    ),
    Operation(
        method="post",
        path="/lumina/api/providers/{provider}/probe",
        summary="Try a provider out: one streamed answer, one tool call; closed to kernels.",
        event=ProbeProgress,
    ),
    Operation(
        method="get",
        path="/lumina/api/embedded",
        summary="The embedded models that are here or could be fetched.",
        lists={"models": EmbeddedModel},
    ),
    Operation(
        method="post",
        path="/lumina/api/embedded/{name}/pull",
        summary="Fetch an embedded model; stops when the client goes away; closed to kernels.",
        event=PullProgress,
    ),
    Operation(
        method="get",
        path="/lumina/api/preferences",
        summary="What the person chose; closed to kernels.",
        answer=PreferencesView,
    ),
    Operation(
        method="put",
        path="/lumina/api/preferences",
        summary="Keep choices in place of all earlier ones; closed to kernels.",
        request=Preferences,
        answer=PreferencesView,
    ),
    Operation(
        method="get",
        path="/lumina/api/doctor",
        summary="What is wrong, and how to mend it; closed to kernels.",
        event=Finding,
        query={"offline": FLAG},
    ),
    Operation(
        method="get",
        path="/lumina/api/usage",
        summary="What the calls of the last days took.",
        lists={"usage": UsageRow},
        query={"days": {"type": "integer", "minimum": 1, "default": 30}, "notebook": NOTEBOOK},
    ),
    Operation(method="get", path="/lumina/api/health", summary="Whether something can answer.", answer=Health),
    Operation(
        method="get",
        path="/lumina/api/streams",
        summary="All streams that a page reads, over one WebSocket: it sends open and path, or close; each message that "
        "it is told has the id of a stream and its status, data or end.",
        status=101,
    ),
    Operation(
        method="put",
        path="/lumina/api/keys/{provider}",
        summary="Keep a provider's key; closed to kernels.",
        request=NewKey,
        status=204,
    ),
    Operation(
        method="delete",
        path="/lumina/api/keys/{provider}",
        summary="Forget a provider's key; closed to kernels.",
        schema=object_of(deleted={"type": "boolean"}),
    ),
    Operation(
        method="get",
        path="/lumina/api/conversations",
        summary="Conversations, the last changed first.",
        lists={"conversations": Conversation},
        query={"notebook": NOTEBOOK, "kernel_id": KERNEL},
    ),
    Operation(
        method="post",
        path="/lumina/api/conversations",
        summary="Begin a conversation.",
        request=NewConversation,
        answer=Conversation,
    ),
    Operation(
        method="post",
        path="/lumina/api/conversations/reset",
        summary="Begin a fresh conversation for a notebook's cells to go on with.",
        request=Reset,
        schema=object_of(id=TEXT),
    ),
    Operation(
        method="get",
        path="/lumina/api/conversations/search",
        summary="Where titles, questions and answers hold a text.",
        lists={"hits": Hit},
        query={
            "q": TEXT,
            "notebook": NOTEBOOK,
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST_HITS, "default": 50},
        },
    ),
    Operation(
        method="post",
        path="/lumina/api/conversations/import",
        summary="Make a conversation of a file.",
        request=Import,
        answer=Conversation,
    ),
    Operation(
        method="get",
        path="/lumina/api/conversations/{conversation_id}",
        summary="One conversation.",
        answer=Conversation,
    ),
    Operation(
        method="patch",
        path="/lumina/api/conversations/{conversation_id}",
        summary="Give it another title, or change who may see it.",
        request=ConversationChange,
        answer=Conversation,
    ),
    Operation(
        method="delete",
        path="/lumina/api/conversations/{conversation_id}",
        summary="Delete a conversation with its log and its images.",
        status=204,
    ),
    Operation(
        method="get",
        path="/lumina/api/conversations/{conversation_id}/events",
        summary="The log's entries after a number, a thousand at most.",
        lists={"events": LogEntry},
        query=_AFTER,
    ),
    Operation(
        method="get",
        path="/lumina/api/conversations/{conversation_id}/stream",
        summary="The log's entries after a number (or after Last-Event-ID), and then whatever comes.",
        frames=_FRAMES,
        query=_AFTER,
    ),
    Operation(
        method="post",
        path="/lumina/api/conversations/{conversation_id}/turns",
        summary="Put a question into the log and begin to answer it, whoever listens.",
        request=NewTurn,
        answer=Started,
        status=202,
    ),
    Operation(
        method="post",
        path="/lumina/api/conversations/{conversation_id}/presence",
        summary="Tell the others who read the conversation that somebody types.",
        request=Typing,
        status=204,
    ),
    Operation(
        method="get",
        path="/lumina/api/conversations/{conversation_id}/export",
        summary="The conversation as a file.",
        media_types=("text/markdown", "application/x-ipynb+json", "application/json"),
        query={"format": {"type": "string", "enum": list(FORMATS), "default": "markdown"}},
    ),
    Operation(
        method="get",
        path="/lumina/api/conversations/{conversation_id}/attachments/{sha256}",
        summary="An image in a question.",
        media_types=("image/png", "image/jpeg", "image/gif", "image/webp"),
    ),
    Operation(method="get", path="/lumina/api/openapi.json", summary="This description.", schema={"type": "object"}),
    Operation(
        method="post",
        path="/lumina/v1/chat/completions",
        summary="OpenAI's chat completions.",
        request=wire.ChatCompletionRequest,
        stream=True,
        schema=_openai(
            "chat.completion",
            id=TEXT,
            created={"type": "integer"},
            model=TEXT,
            choices={"type": "array", "items": {"type": "object"}},
            usage=_USAGE,
        ),
    ),
    Operation(
        method="post",
        path="/lumina/v1/embeddings",
        summary="OpenAI's embeddings.",
        request=wire.EmbeddingsRequest,
        schema=_openai("list", data={"type": "array", "items": {"type": "object"}}, model=TEXT, usage=_USAGE),
    ),
    Operation(
        method="get",
        path="/lumina/v1/models",
        summary="OpenAI's list of models.",
        schema=_openai("list", data={"type": "array", "items": _MODEL}),
    ),
    Operation(method="get", path="/lumina/v1/models/{model}", summary="One model, as OpenAI tells it.", schema=_MODEL),
)


def document() -> Schema:
    """The description, as JSON-ready data."""
    schemas, references = _schemas()
    paths: dict[str, Schema] = {}
    for operation in _OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Lumina for Jupyter", "version": __version__},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas() -> tuple[dict[str, Schema], dict[tuple[Any, str], Schema]]:
    """The shared schemas, and for each type and direction the reference to its own."""
    from pydantic import TypeAdapter
    from pydantic.json_schema import GenerateJsonSchema

    class Schemas(GenerateJsonSchema):
        """What an answer has a default for, it still always holds."""

        def field_is_required(self, field: Any, total: bool) -> bool:
            return self.mode == "serialization" or super().field_is_required(field, total)

        def get_defs_ref(self, core_mode_ref: Any) -> Any:
            """Types of one name would be called by their modules' names as well; one of each such pair is renamed."""
            reference, mode = core_mode_ref
            for old, new in _RENAMED.items():
                reference = reference.replace(f"{old}:", f"{new}:")
            return super().get_defs_ref((reference, mode))

    inputs = [each.request for each in _OPERATIONS if each.request is not None]
    outputs = [each.answer for each in _OPERATIONS if each.answer is not None]
    outputs += [each.event for each in _OPERATIONS if each.event is not None]
    outputs += [item for each in _OPERATIONS for item in each.lists.values()]
    outputs += [Present, *NOTEBOOK_FRAME_TYPES, *TOOL_FRAME_TYPES, *AGENT_EVENT_TYPES]
    wanted = [(cls, "validation") for cls in inputs] + [(cls, "serialization") for cls in outputs]
    made, shared = TypeAdapter.json_schemas(
        [(cls, mode, adapter_of(cls)) for cls, mode in wanted],  # type: ignore[misc]  # mode is one of two words
        ref_template=REF,
        schema_generator=Schemas,
    )
    schemas: dict[str, Schema] = {**shared.get("$defs", {}), **_event_schemas(), **_error_schemas()}
    schemas |= logged_event_schemas(schemas)
    return schemas, {(cls, mode): made[cls, mode] for cls, mode in wanted}  # type: ignore[index]  # as above


def _event_schemas() -> dict[str, Schema]:
    """One schema per event, each with the `type` that `to_dict` gives it, and `Event` for any of them."""
    schemas: dict[str, Schema] = {}
    for name, cls in events.event_classes().items():
        made = adapter_of(cls).json_schema(mode="serialization", ref_template=REF)
        made["properties"] = {"type": {"type": "string", "const": name}, **made.get("properties", {})}
        made["required"] = list(made["properties"])
        schemas[cls.__name__] = made
    mapping = {name: REF.format(model=cls.__name__) for name, cls in events.event_classes().items()}
    schemas["Event"] = {
        "oneOf": [{"$ref": reference} for reference in mapping.values()],
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }
    return schemas


def _error_schemas() -> dict[str, Schema]:
    nullable_text = {"type": ["string", "null"]}
    ours = object_of(code=TEXT, message=TEXT, hint=TEXT, field=TEXT, retry_after={"type": ["number", "null"]})
    # Of a cell that is not as it was read, what it is now.
    ours["properties"]["cell"] = object_of(id=TEXT, source=TEXT, hash=TEXT)
    openai = object_of(message=TEXT, type=TEXT, param=nullable_text, code=nullable_text)
    return {"Error": object_of(error=ours), "OpenAIError": object_of(error=openai)}


def _operation(operation: Operation, references: dict[tuple[Any, str], Schema]) -> Schema:
    error = "OpenAIError" if operation.path.startswith("/lumina/v1/") else "Error"
    described: Schema = {
        "summary": operation.summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": _PARAMETERS.get(name, _ID)}
            for name in _path_parameters(operation.path)
        ]
        + [{"name": name, "in": "query", "schema": schema} for name, schema in operation.query.items()],
        "responses": {
            str(operation.status): _answer(operation, references),
            "default": {"description": "What went wrong.", "content": _json({"$ref": REF.format(model=error)})},
        },
    }
    if operation.request is not None:
        schema = references[operation.request, "validation"]
        described["requestBody"] = {"required": True, "content": _json(schema)}
    return described


def _answer(operation: Operation, references: dict[tuple[Any, str], Schema]) -> Schema:
    content: Schema = {}
    if operation.lists:
        arrays = {
            name: {"type": "array", "items": references[cls, "serialization"]} for name, cls in operation.lists.items()
        }
        content = _json(object_of(**arrays))
    elif operation.answer is not None:
        content = _json(references[operation.answer, "serialization"])
    elif operation.schema is not None:
        content = _json(operation.schema)
    if operation.event is not None:
        content["text/event-stream"] = {
            "schema": {
                "type": "string",
                "description": "Server-sent events; `data` of each is JSON. An event `failed` ends it with an error.",
            },
            "x-event-data": references[operation.event, "serialization"],
        }
    for media_type in operation.media_types:
        content[media_type] = {"schema": {"type": "string", "format": "binary"}}
    if operation.frames:
        content["text/event-stream"] = {
            "schema": {"type": "string", "description": "Server-sent events; `data` of each is JSON."},
            "x-event-data": operation.frames,
        }
    if operation.stream:
        ours = operation.path.startswith("/lumina/api/")
        schema = {"$ref": REF.format(model="Event")} if ours else _openai("chat.completion.chunk", id=TEXT)
        content["text/event-stream"] = {
            "schema": {"type": "string", "description": "Server-sent events; `data` of each is JSON."},
            "x-event-data": schema,
        }
    return {"description": operation.summary, **({"content": content} if content else {})}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _path_parameters(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]
