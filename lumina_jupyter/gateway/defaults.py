"""Which model answers when none is named: one sensible choice for each provider, in order of preference.

Cheap enough to be used without a thought, good enough at tools and code. Each name stands in the catalog.
"""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT_CHAT: Mapping[str, str] = {
    "anthropic": "claude-sonnet-5-5",
    "openai": "gpt-5.4-mini",
    "gemini": "gemini-3.8-flash",
    "mistral": "mistral-medium-latest",
    "xai": "grok-4.3",
    "deepseek": "deepseek-flash",
    "groq": "openai/gpt-oss-120b",
    "cohere": "command-a-03-2025",
    "bedrock": "global.anthropic.claude-sonnet-4-6",
    "vertex": "gemini-3.8-flash",
    "perplexity": "sonar-pro",
}
"""Providers with a key, the first found wins. Azure, GitHub Models and OpenRouter serve what an account chooses."""

DEFAULT_EMBEDDING: Mapping[str, str] = {
    "openai": "text-embedding-3-small",
    "gemini": "gemini-embedding-001",
    "mistral": "mistral-embed",
    "cohere": "embed-v4.0",
    "bedrock": "amazon.titan-embed-text-v2:0",
    "vertex": "text-embedding-005",
}
