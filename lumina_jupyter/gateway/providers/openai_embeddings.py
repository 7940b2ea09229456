"""Embeddings in OpenAI's format."""

from __future__ import annotations

import base64
import sys
from array import array
from typing import Any

from ...errors import StreamBroken
from ..requests import EmbeddingRequest, Embeddings
from .base import Target
from .failures import failure_of_payload
from .openai_dialects import Dialect


def embedding_body(request: EmbeddingRequest, target: Target, dialect: Dialect) -> dict[str, Any]:
    """What is sent."""
    body: dict[str, Any] = {"model": target.name, "input": list(request.inputs)}
    if request.dimensions is not None:
        body[dialect.dimensions_field] = request.dimensions
    return body


def read_embeddings(payload: Any, request: EmbeddingRequest, target: Target, dialect: Dialect) -> Embeddings:
    """The vectors of an answer, in the order of the inputs.

    Raises:
        ProviderError: the subclass for an error object that came instead.
        StreamBroken: when the answer is not in the format, or not one vector for each input.
    """
    if isinstance(payload, dict) and payload.get("error"):
        raise failure_of_payload(payload, target.provider, target.key)
    try:
        rows = sorted(payload["data"], key=lambda row: row.get("index") or 0)
        vectors = tuple(_vector(row["embedding"], dialect) for row in rows)
        usage = payload.get("usage") or {}
        tokens = usage.get("prompt_tokens") or usage.get("total_tokens") or 0
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _broken(target, "sent embeddings that are not in OpenAI's format") from error
    if len(vectors) != len(request.inputs):
        raise _broken(target, f"sent {len(vectors)} vectors for {len(request.inputs)} texts")
    return Embeddings(vectors, target.model, tokens)


def _vector(embedding: Any, dialect: Dialect) -> tuple[float, ...]:
    if not isinstance(embedding, str):
        return tuple(map(float, embedding))
    numbers = array("b" if dialect.int8_embeddings else "f", base64.b64decode(embedding, validate=True))
    if sys.byteorder == "big":
        numbers.byteswap()
    return tuple(map(float, numbers))


def _broken(target: Target, what: str) -> StreamBroken:
    return StreamBroken(f"{target.provider} {what}.", provider=target.provider)
