"""What an OpenAI client may send, as dataclasses that pydantic checks. Imported on first use, for pydantic's sake.

Fields that no provider of ours needs (`user`, `metadata`, `store`, …) are taken and left alone, because
clients send them as a matter of course; fields that would change the answer in a way that we do not
support are refused by `requests`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

_CLOSED: dict[str, str] = {"extra": "forbid"}
Positive = Annotated[int, Field(ge=1)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextContent:
    """A piece of text."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    type: Literal["text"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageUrl:
    """Where an image is: `https://…`, or `data:image/png;base64,…`."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    url: str
    detail: Literal["auto", "low", "high"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageContent:
    """An image."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    type: Literal["image_url"]
    image_url: ImageUrl


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalContent:
    """What a model said instead of an answer."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    type: Literal["refusal"]
    refusal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionCall:
    """The function of a tool call; `arguments` is JSON text."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A tool call of an earlier answer."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    id: str
    function: FunctionCall
    type: Literal["function"] = "function"
    index: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemMessage:
    """What the model is told first."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    role: Literal["system", "developer"]
    content: str | list[TextContent]
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMessage:
    """What a person says."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    role: Literal["user"]
    content: str | list[Annotated[TextContent | ImageContent, Field(discriminator="type")]]
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantMessage:
    """What the model answered before."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    role: Literal["assistant"]
    content: str | list[Annotated[TextContent | RefusalContent, Field(discriminator="type")]] | None = None
    reasoning_content: str | None = None
    refusal: str | None = None
    tool_calls: list[ToolCall] | None = None
    name: str | None = None
    audio: None = None
    function_call: None = None
    annotations: list[Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolMessage:
    """What a tool gave back."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    role: Literal["tool"]
    tool_call_id: str
    content: str | list[TextContent]
    name: str | None = None


WireMessage = Annotated[SystemMessage | UserMessage | AssistantMessage | ToolMessage, Field(discriminator="role")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function that the model may call."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    name: Annotated[str, Field(min_length=1)]
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool that the model may use."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    type: Literal["function"]
    function: Function


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionName:
    """The name of a function."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTool:
    """The one tool that the model must call."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    type: Literal["function"]
    function: FunctionName


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFormat:
    """Any text."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    type: Literal["text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonObjectFormat:
    """Any JSON object."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    type: Literal["json_object"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSchema:
    """A JSON schema and its name."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    name: str
    schema: dict[str, Any]
    description: str | None = None
    strict: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonSchemaFormat:
    """JSON that a schema allows."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    type: Literal["json_schema"]
    json_schema: NamedSchema


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOptions:
    """How a stream is told; `include_obfuscation` is taken and left alone."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    include_usage: bool | None = None
    include_obfuscation: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletionRequest:
    """The body of `POST /lumina/v1/chat/completions`."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    messages: Annotated[list[WireMessage], Field(min_length=1)]
    model: str = ""
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    tools: list[Tool] | None = None
    tool_choice: Literal["none", "auto", "required"] | NamedTool | None = None
    parallel_tool_calls: bool | None = None
    response_format: Annotated[TextFormat | JsonObjectFormat | JsonSchemaFormat, Field(discriminator="type")] | None = (
        None
    )
    max_tokens: Positive | None = None
    max_completion_tokens: Positive | None = None
    temperature: Annotated[Finite, Field(ge=0, le=2)] | None = None
    top_p: Annotated[Finite, Field(ge=0, le=1)] | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None
    n: int | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    modalities: list[str] | None = None
    frequency_penalty: Annotated[Finite, Field(ge=-2, le=2)] | None = None
    presence_penalty: Annotated[Finite, Field(ge=-2, le=2)] | None = None
    logit_bias: dict[str, Finite] | None = None
    service_tier: str | None = None
    verbosity: str | None = None
    store: bool | None = None
    metadata: dict[str, str] | None = None
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingsRequest:
    """The body of `POST /lumina/v1/embeddings`."""

    __pydantic_config__: ClassVar[dict[str, str]] = _CLOSED
    input: str | Annotated[list[str], Field(min_length=1, max_length=2048)]
    model: str = ""
    dimensions: Positive | None = None
    encoding_format: Literal["float", "base64"] | None = None
    user: str | None = None
