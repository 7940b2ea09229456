"""What goes into the gateway: one set of request types for every provider.

Plain frozen dataclasses, so that a kernel can build them cheaply; `__pydantic_config__` makes the
HTTP edge refuse unknown fields.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

Role = Literal["system", "user", "assistant", "tool"]
ReasoningEffort = Literal["none", "low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class TextPart:
    """Text in a message."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    text: str
    type: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class ImagePart:
    """An image that the model shall look at: base64 `data` of a media type, or a `url`."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    media_type: str = "image/png"
    data: str | None = None
    url: str | None = None
    type: Literal["image"] = "image"


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """Reasoning that an assistant's message began with, given back as the provider signed it."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    text: str
    signature: str | None = None
    type: Literal["reasoning"] = "reasoning"


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """A tool call that an assistant's message holds; `arguments` is the JSON text of an object."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    id: str
    name: str
    arguments: str
    type: Literal["tool_call"] = "tool_call"


@dataclass(frozen=True, slots=True)
class ToolResultPart:
    """What a tool gave back, in a message of role `tool`."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    call_id: str
    content: str
    name: str = ""
    is_error: bool = False
    type: Literal["tool_result"] = "tool_result"


Part = TextPart | ImagePart | ReasoningPart | ToolCallPart | ToolResultPart


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation: who says it, and the parts of it in order."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    role: Role
    content: tuple[Part, ...]

    @classmethod
    def of(cls, role: Role, text: str) -> Message:
        """A message of plain text."""
        return cls(role, (TextPart(text),))

    @property
    def text(self) -> str:
        """The message's text parts, joined."""
        return "".join(part.text for part in self.content if isinstance(part, TextPart))


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool that the model may call: its name, what it does, and the JSON schema of its arguments."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    name: str
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})
    strict: bool = False


@dataclass(frozen=True, slots=True)
class JsonSchema:
    """The answer must be JSON that this schema allows."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    schema: dict[str, Any]
    name: str = "answer"
    strict: bool = True


def new_request_id() -> str:
    """A fresh id for a request."""
    return f"req_{uuid.uuid4().hex}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One call of a chat model.

    `model` is `provider/name`; empty means the default model. `tool_choice` is a mode, or the name
    of the one tool to call. `temperature`, `top_p`, `max_tokens`, `stop`, `seed` and
    `reasoning_effort` are left to the provider when None. `extra` goes into the provider's request
    as it is. `json_mode` asks for any JSON object (`response_format: json_object`).
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    messages: tuple[Message, ...]
    model: str = ""
    tools: tuple[ToolSpec, ...] = ()
    tool_choice: str | None = None
    parallel_tool_calls: bool | None = None
    response_format: JsonSchema | None = None
    json_mode: bool = False
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    reasoning_effort: ReasoningEffort | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    request_id: str = field(default_factory=new_request_id)
    user: str = ""
    """Who asks: for usage, never sent to a provider."""
    notebook: str = ""
    """Where it is asked from: for usage, never sent to a provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InfillRequest:
    """Code to be completed between a prefix and a suffix, by a model that was trained for it.

    `max_tokens` bounds what is written; writing ends before the first of `stop`.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    prefix: str
    suffix: str = ""
    model: str = ""
    max_tokens: int = 64
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    request_id: str = field(default_factory=new_request_id)
    user: str = ""
    notebook: str = ""


ModelCall = ChatRequest | InfillRequest
"""What passes the gateway's chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingRequest:
    """Texts to be turned into vectors by an embedding model."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    inputs: tuple[str, ...]
    model: str = ""
    dimensions: int | None = None
    request_id: str = field(default_factory=new_request_id)
    user: str = ""
    notebook: str = ""


@dataclass(frozen=True, slots=True)
class Embeddings:
    """The vectors, in the order of the inputs, and what they took."""

    vectors: tuple[tuple[float, ...], ...]
    model: str
    input_tokens: int = 0
    usd: float | None = None
