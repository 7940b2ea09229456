"""The error class that each recorded refusal must become, by the recording's id."""

from __future__ import annotations

from lumina_jupyter.errors import (
    AuthenticationFailed,
    ContentFiltered,
    ContextTooLong,
    InvalidRequest,
    InvalidToolArguments,
    LuminaError,
    ModelNotFound,
    RateLimited,
)

from .recording import recordings

_BY_BEGINNING: dict[str, type[LuminaError]] = {
    "azure/openllmetry__test_azure_openai_embeddings_with_events_with_content.2": AuthenticationFailed,
    "azure/openllmetry__test_azure_openai_embeddings_with_events_with_content.3": AuthenticationFailed,
    "azure/openllmetry__test_azure_openai_embeddings_with_events_with_no_content.2": AuthenticationFailed,
    "azure/openllmetry__test_azure_openai_embeddings_with_events_with_no_content.3": AuthenticationFailed,
    "azure/openllmetry__test_prompt_content_filtering_with_events_with_content.0": ContentFiltered,
    "azure/openllmetry__test_prompt_content_filtering_with_events_with_no_content.0": ContentFiltered,
    "azure/rubyllm__chat_real_error_scenarios_azure_grok-4-1-fast-non-reasoning_handles_context": RateLimited,
    "deepseek/rubyllm__chat_error_handling": AuthenticationFailed,
    "groq/pydai__test_tool_use_failed_error_streaming.0": InvalidToolArguments,
    "groq/pydai__test_tool_use_failed_error_streaming_with_text.0": InvalidToolArguments,
    "mistral/rubyllm__chat_error_handling": AuthenticationFailed,
    "ollama/rubyllm__chat_error_handling": AuthenticationFailed,
    "openai/openllmetry__test_agents_and_tools.2": ModelNotFound,
    "openai/openllmetry__test_vision_with_events_with_no_content.2": InvalidRequest,
    "openai/otel__test_chat_completion_404": ModelNotFound,
    "openai/otel__test_embeddings_model_not_found": ModelNotFound,
    "openai/pydai__TestOpenAI.test_embed_error": ModelNotFound,
    "openai/pydai__test_model_name_suggestion_openai-chat_": ModelNotFound,
    "openai/pydai__test_openai_o1_mini_system_role_developer_": InvalidRequest,
    "openai/pydai__test_openai_web_search_tool_model_not_supported": InvalidRequest,
    "openrouter/pydai__test_openrouter_errors_raised": RateLimited,
    "openrouter/pydai__test_openrouter_stream_error": InvalidRequest,
    "openrouter/rubyllm__chat_real_error_scenarios": ContextTooLong,
    "other/pydai__TestVoyageAI.test_embed_error": ModelNotFound,
    "perplexity/rubyllm__chat_real_error_scenarios": ContextTooLong,
}

EXPECTED_ERRORS: dict[str, type[LuminaError]] = {
    recording.id: cls
    for recording in recordings()
    for beginning, cls in _BY_BEGINNING.items()
    if recording.id.startswith(beginning)
}
"""By the whole id; recordings of other surfaces have theirs beside their own readings."""
