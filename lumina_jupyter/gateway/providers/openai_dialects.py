"""How servers that speak OpenAI's chat format differ, as a few named differences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .base import Target

AskReasoning = Literal["effort", "reasoning_object", "thinking_switch"]
GiveReasoning = Literal["never", "reasoning_content", "thinking_parts", "reasoning_details"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One way to speak OpenAI's chat format.

    `ask_reasoning`: how an effort is asked for: `reasoning_effort`, OpenRouter's `reasoning` object,
    or a `thinking` object that is on or off. `give_reasoning`: how earlier reasoning goes back: not at
    all, as `reasoning_content` of messages that call tools, as Mistral's `thinking` parts, or as
    OpenRouter's `reasoning_details`. `short_call_ids`: tool call ids must be nine letters or digits.
    """

    completion_limit: bool = False
    """The limit is `max_completion_tokens` instead of `max_tokens`."""
    json_schema: bool = True
    """Takes `response_format: json_schema`; else a JSON object is asked for and the schema told in words."""
    parallel_tool_calls: bool = True
    """Knows the `parallel_tool_calls` switch."""
    seed_field: str = "seed"
    ask_reasoning: AskReasoning = "effort"
    give_reasoning: GiveReasoning = "never"
    short_call_ids: bool = False
    dimensions_field: str = "dimensions"
    int8_embeddings: bool = False
    """Base64 embeddings hold int8 numbers; else float32, little-endian."""


_PLAIN = Dialect()
_DIALECTS: dict[str, Dialect] = {
    "deepseek": Dialect(
        json_schema=False,
        parallel_tool_calls=False,
        ask_reasoning="thinking_switch",
        give_reasoning="reasoning_content",
    ),
    "mistral": Dialect(
        seed_field="random_seed",
        give_reasoning="thinking_parts",
        short_call_ids=True,
        dimensions_field="output_dimension",
    ),
    "openrouter": Dialect(ask_reasoning="reasoning_object", give_reasoning="reasoning_details"),
    "perplexity": Dialect(parallel_tool_calls=False, int8_embeddings=True),
    "zai": Dialect(
        json_schema=False,
        parallel_tool_calls=False,
        ask_reasoning="thinking_switch",
        give_reasoning="reasoning_content",
    ),
}
_HOSTS: tuple[tuple[str, str], ...] = (
    ("api.deepseek.com", "deepseek"),
    ("api.mistral.ai", "mistral"),
    ("openrouter.ai", "openrouter"),
    ("api.perplexity.ai", "perplexity"),
    ("api.z.ai", "zai"),
)
_COMPLETION_LIMIT = Dialect(completion_limit=True)
_REASONING_MODEL = re.compile(r"(?:^|/)(?:o\d|gpt-(?:[5-9]|[12]\d)|codex)")


def dialect_of(target: Target) -> Dialect:
    """The dialect of a target: by its provider's name, else by its address, else OpenAI's own."""
    name = target.provider
    if name not in _DIALECTS:
        name = next((known for host, known in _HOSTS if host in target.base_url), "")
    if name:
        return _DIALECTS[name]
    if target.provider in ("openai", "azure", "github") and _REASONING_MODEL.search(target.name):
        return _COMPLETION_LIMIT
    return _PLAIN
