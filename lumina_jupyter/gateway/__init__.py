"""The gateway: one request in, one stream of events out.

`Gateway` calls models, `ChatRequest` and its parts say what is wanted; `Catalog` knows models and
prices, `Discovery` which providers are here, `KeyStore` keeps their keys.
"""

from .catalog import Catalog, ModelInfo
from .discovery import Discovery, ProviderStatus
from .gateway import Gateway
from .keys import KeyStore
from .requests import (
    ChatRequest,
    EmbeddingRequest,
    Embeddings,
    ImagePart,
    InfillRequest,
    JsonSchema,
    Message,
    Part,
    ReasoningEffort,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)

__all__ = [
    "Catalog",
    "ChatRequest",
    "Discovery",
    "EmbeddingRequest",
    "Embeddings",
    "Gateway",
    "ImagePart",
    "InfillRequest",
    "JsonSchema",
    "KeyStore",
    "Message",
    "ModelInfo",
    "Part",
    "ProviderStatus",
    "ReasoningEffort",
    "ReasoningPart",
    "TextPart",
    "ToolCallPart",
    "ToolResultPart",
    "ToolSpec",
]
