"""The providers that Lumina knows by name: which adapter speaks to them, where they are, where their keys are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Adapter = Literal["openai_compatible", "openai_responses", "cohere", "litellm", "embedded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSpec:
    """One provider.

    `key_variables` are environment variables that may hold its key, first found wins.
    `catalog_name` is its name in litellm's model map, `litellm_prefix` how litellm addresses it.
    """

    name: str
    title: str
    adapter: Adapter
    base_url: str = ""
    base_url_variables: tuple[str, ...] = ()
    key_variables: tuple[str, ...] = ()
    secret_variables: tuple[str, ...] = ()
    """Further variables that hold secrets (and are kept from kernels), beside the keys."""
    key_required: bool = True
    catalog_name: str = ""
    litellm_prefix: str = ""
    headers: dict[str, str] = field(default_factory=dict)


PROVIDERS: dict[str, ProviderSpec] = {
    spec.name: spec
    for spec in (
        ProviderSpec(name="embedded", title="Embedded model", adapter="embedded", key_required=False),
        ProviderSpec(
            name="openai",
            title="OpenAI",
            adapter="openai_compatible",
            base_url="https://api.openai.com/v1",
            base_url_variables=("OPENAI_BASE_URL", "OPENAI_API_BASE"),
            key_variables=("OPENAI_API_KEY",),
            catalog_name="openai",
        ),
        ProviderSpec(
            name="anthropic",
            title="Anthropic",
            adapter="litellm",
            base_url_variables=("ANTHROPIC_BASE_URL", "ANTHROPIC_API_BASE"),
            key_variables=("ANTHROPIC_API_KEY",),
            catalog_name="anthropic",
            litellm_prefix="anthropic/",
        ),
        ProviderSpec(
            name="gemini",
            title="Google Gemini",
            adapter="litellm",
            key_variables=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
            catalog_name="gemini",
            litellm_prefix="gemini/",
        ),
        ProviderSpec(
            name="vertex",
            title="Google Vertex AI",
            adapter="litellm",
            key_variables=("VERTEXAI_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"),
            catalog_name="vertex_ai",
            litellm_prefix="vertex_ai/",
        ),
        ProviderSpec(
            name="bedrock",
            title="AWS Bedrock",
            adapter="litellm",
            key_variables=("AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID"),
            secret_variables=("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
            catalog_name="bedrock",
            litellm_prefix="bedrock/",
        ),
        ProviderSpec(
            name="cohere",
            title="Cohere",
            adapter="cohere",
            base_url="https://api.cohere.com",
            key_variables=("COHERE_API_KEY", "CO_API_KEY"),
            catalog_name="cohere_chat",
        ),
        ProviderSpec(
            name="mistral",
            title="Mistral",
            adapter="openai_compatible",
            base_url="https://api.mistral.ai/v1",
            key_variables=("MISTRAL_API_KEY",),
            catalog_name="mistral",
        ),
        ProviderSpec(
            name="deepseek",
            title="DeepSeek",
            adapter="openai_compatible",
            base_url="https://api.deepseek.com/v1",
            key_variables=("DEEPSEEK_API_KEY",),
            catalog_name="deepseek",
        ),
        ProviderSpec(
            name="xai",
            title="xAI Grok",
            adapter="openai_compatible",
            base_url="https://api.x.ai/v1",
            key_variables=("XAI_API_KEY",),
            catalog_name="xai",
        ),
        ProviderSpec(
            name="github",
            title="GitHub Models",
            adapter="openai_compatible",
            base_url="https://models.github.ai/inference",
            key_variables=("GITHUB_MODELS_TOKEN", "GITHUB_TOKEN"),
            catalog_name="github",
        ),
        ProviderSpec(
            name="azure",
            title="Azure OpenAI",
            adapter="openai_compatible",
            base_url_variables=("AZURE_OPENAI_ENDPOINT", "AZURE_API_BASE"),
            key_variables=("AZURE_OPENAI_API_KEY", "AZURE_API_KEY"),
            catalog_name="azure",
        ),
        ProviderSpec(
            name="groq",
            title="Groq",
            adapter="openai_compatible",
            base_url="https://api.groq.com/openai/v1",
            key_variables=("GROQ_API_KEY",),
            catalog_name="groq",
        ),
        ProviderSpec(
            name="openrouter",
            title="OpenRouter",
            adapter="openai_compatible",
            base_url="https://openrouter.ai/api/v1",
            key_variables=("OPENROUTER_API_KEY",),
            catalog_name="openrouter",
        ),
        ProviderSpec(
            name="perplexity",
            title="Perplexity",
            adapter="openai_compatible",
            base_url="https://api.perplexity.ai",
            key_variables=("PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"),
            catalog_name="perplexity",
        ),
        ProviderSpec(
            name="ollama",
            title="Ollama",
            adapter="openai_compatible",
            key_required=False,
            key_variables=("OLLAMA_API_KEY",),
            catalog_name="ollama",
        ),
    )
}
"""By name. OpenAI-compatible servers from the settings are added to these as providers of their own."""
