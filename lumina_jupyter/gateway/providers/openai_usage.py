"""Token counts of OpenAI's chat format and its variants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...events import Usage


def read_usage(usage: Mapping[str, Any]) -> Usage:
    """The counts, with the meaning that `Usage` gives them."""
    prompt_details = _object(usage, "prompt_tokens_details")
    completion_details = _object(usage, "completion_tokens_details")
    prompt = _count(usage.get("prompt_tokens"))
    output = _count(usage.get("completion_tokens"))
    reasoning = _count(completion_details.get("reasoning_tokens"))
    if reasoning and _count(usage.get("total_tokens")) == prompt + output + reasoning:
        # xAI counts reasoning beside the completion, all others inside it.
        output += reasoning
    cached = (
        prompt_details.get("cached_tokens") or usage.get("prompt_cache_hit_tokens") or usage.get("num_cached_tokens")
    )
    return Usage(
        input_tokens=prompt,
        output_tokens=output,
        cached_input_tokens=_count(cached),
        cache_write_tokens=_count(prompt_details.get("cache_write_tokens")),
        reasoning_tokens=reasoning,
    )


def _object(usage: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = usage.get(name)
    return value if isinstance(value, Mapping) else {}


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0
