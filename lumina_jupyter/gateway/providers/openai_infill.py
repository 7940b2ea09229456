"""Filling in the middle at OpenAI-compatible servers: OpenAI's older `completions` with a suffix, and its variants."""

from __future__ import annotations

import json
from typing import Any

from ...events import Event
from ..requests import InfillRequest
from .base import Target
from .openai_addresses import api_url
from .openai_chat_reader import ChatReader

_BETA = "/beta"


def infill_url(target: Target) -> str:
    """Where the request goes."""
    if target.provider == "mistral":
        return api_url(target, "fim/completions")
    if target.provider == "deepseek":
        return target.base_url.removesuffix("/v1").removesuffix(_BETA) + f"{_BETA}/completions"
    return api_url(target, "completions")


def infill_body(request: InfillRequest, target: Target) -> dict[str, Any]:
    """What is sent."""
    return {
        "model": target.name,
        "prompt": request.prefix,
        "suffix": request.suffix,
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "stream": True,
        **({} if target.provider == "mistral" else {"stream_options": {"include_usage": True}}),
        **({"stop": list(request.stop)} if request.stop else {}),
    }


class InfillReader(ChatReader):
    """Reads completions, whose text stands beside where a chat's would."""

    def read_data(self, data: bytes) -> list[Event]:
        """The events of the data of one server-sent event.

        Raises:
            ProviderError: as `ChatReader.read`.
        """
        return super().read_data(_as_chat(data))


def _as_chat(data: bytes) -> bytes:
    """A completion's chunk in a chat's shape; whatever else it is stays as it is."""
    if b'"text"' not in data:
        return data
    try:
        chunk = json.loads(data)
        choices = [{**choice, "message": {"content": choice["text"]}} for choice in chunk["choices"]]
    except (ValueError, TypeError, KeyError):
        return data
    return json.dumps({**chunk, "choices": choices}).encode()
