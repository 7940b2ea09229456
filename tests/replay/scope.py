"""Which adapter's tests play back which recording, and why the others are left out: not one is skipped silently."""

from __future__ import annotations

from dataclasses import dataclass

from .recording import Recording

_OPENAI_EMBEDDERS = ("azure", "mistral", "openai", "other", "perplexity")
_LITELLM_SURFACES = (
    "converse",
    "converse-stream",
    "generateContent",
    "invoke",
    "invoke-with-response-stream",
    "messages",
    "streamGenerateContent",
)
_LEFT_OUT_SURFACES = {
    "/v1/chat": "Cohere's version 1 is retired; the adapter speaks version 2",
    "api/chat": "Ollama is spoken to in OpenAI's format",
    "api/generate": "Ollama is spoken to in OpenAI's format",
    "completions": "OpenAI's legacy completions have no chat, and no model of today",
    "count": "tokens are not counted by providers",
    "moderations": "the gateway has no moderation",
    "rerank": "the gateway does not rerank",
}
_LEFT_OUT = {
    "anthropic/openllmetry__test_anthropic_completion_with_events_with_content": "Anthropic's legacy completions",
    "anthropic/pydai__test_anthropic_count_tokens": "tokens are not counted by providers",
    "gemini/pydai__test_google_model_file_search_tool_stream.0": "the making of a file store",
    "gemini/rubyllm__batch_with_gemini": "a batch job",
    "groq/vercel__groq-transcription-text": "a transcription of speech",
    "mistral/rubyllm__batch_with_mistral": "a batch job",
    "mistral/rubyllm__ocr_basic_functionality": "text recognition",
    "other/openllmetry__test_custom_llm": "Hugging Face's text generation, which is no chat",
    "other/pydai__test_cancel_recorded_provider_stream_huggingface_.0": "Hugging Face's page of one model",
    "xai/rubyllm__speech_basic_functionality": "speech",
}
"""By the beginning of a recording's id."""


@dataclass(frozen=True)
class Scope:
    """Where a recording belongs: to the tests of an adapter, or out, for a reason."""

    adapter: str | None
    reason: str = ""


def scope_of(recording: Recording) -> Scope:
    """The scope of a recording.

    Raises:
        LookupError: when nobody has said what becomes of it.
    """
    for beginning, reason in _LEFT_OUT.items():
        if recording.id.startswith(beginning):
            return Scope(None, reason)
    surface = recording.surface
    if surface in _LEFT_OUT_SURFACES:
        return Scope(None, _LEFT_OUT_SURFACES[surface])
    if surface in ("chat/completions", "models"):
        return Scope("openai_compatible")
    if surface == "responses":
        return Scope("openai_responses")
    if surface == "/v2/chat":
        return Scope("cohere")
    if surface == "embed":
        if recording.provider == "cohere":
            return Scope("cohere")
        return Scope("openai_compatible" if recording.provider in _OPENAI_EMBEDDERS else "litellm")
    if surface in _LITELLM_SURFACES:
        return Scope("litellm")
    raise LookupError(f"{recording.id} ({surface}) is in nobody's scope")


def played_by(recordings: list[Recording], adapter: str) -> list[Recording]:
    """Those of the recordings that the tests of an adapter play back."""
    return [recording for recording in recordings if scope_of(recording).adapter == adapter]
