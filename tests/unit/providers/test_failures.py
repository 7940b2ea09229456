"""Every way in which providers word a failure becomes the error class that tells a user what to do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.errors import (
    AuthenticationFailed,
    ContentFiltered,
    ContextTooLong,
    InvalidRequest,
    InvalidToolArguments,
    ModelNotFound,
    Overloaded,
    PermissionRefused,
    ProviderError,
    ProviderTimeout,
    QuotaExhausted,
    RateLimited,
)
from lumina_jupyter.gateway.providers.base import Secret
from lumina_jupyter.gateway.providers.excerpts import excerpt
from lumina_jupyter.gateway.providers.failures import failure_of, failure_of_payload
from lumina_jupyter.gateway.providers.retry_after import retry_after
from tests.replay.recording import recording, recordings
from tests.replay.refusals import EXPECTED_ERRORS

OTHER_RECORDED: dict[str, type[ProviderError]] = {
    "anthropic/pydai__test_anthropic_count_tokens_error": ModelNotFound,
    "anthropic/pydai__test_anthropic_explicit_effort_xhigh": InvalidRequest,
    "anthropic/pydai__test_model_name_suggestion": ModelNotFound,
    "anthropic/rubyllm__chat_error_handling": AuthenticationFailed,
    "bedrock/otel__test_converse_stream_with_invalid_model": ModelNotFound,
    "bedrock/otel__test_invoke_model_with_response_stream_invalid_model": ModelNotFound,
    "bedrock/pydai__test_anthropic_bedrock_count_tokens_error": InvalidRequest,
    "bedrock/pydai__test_bedrock_streaming_error": ModelNotFound,
    "bedrock/rubyllm__chat_real_error_scenarios": ContextTooLong,
    "cohere/openllmetry__test_agent_with_multiple_tools": ModelNotFound,
    "cohere/rubyllm__chat_error_handling": AuthenticationFailed,
    "cohere/rubyllm__chat_real_error_scenarios": ContextTooLong,
    "deepseek/pydai__test_deepseek_responses_rejects": InvalidRequest,
    "gemini/pydai__test_model_name_suggestion": ModelNotFound,
    "gemini/rubyllm__chat_real_error_scenarios": RateLimited,
    "openai/otel__test_responses_create_api_error": ModelNotFound,
    "openai/pydai__test_openai_responses_model_http_error": InvalidRequest,
    "openai/rubyllm__chat_error_handling": AuthenticationFailed,
    "openai/rubyllm__error_handles_invalid_api_keys": AuthenticationFailed,
    "vertex/otel__test_generate_content_missing_model": ModelNotFound,
    "vertex/pydai__test_multimodal_tool_return_matrix": InvalidRequest,
}
REFUSED = [found for found in recordings() if found.status != 200]


def failure(status: int, message: str, /, **fields: Any) -> ProviderError:
    return failure_of(status, json.dumps({"error": {"message": message, **fields}}), {}, "lab")


@pytest.mark.parametrize("recorded", REFUSED, ids=lambda recorded: recorded.id)
def test_every_recorded_refusal(recorded: Any) -> None:
    wanted = EXPECTED_ERRORS.get(recorded.id) or next(
        cls for beginning, cls in OTHER_RECORDED.items() if recorded.id.startswith(beginning)
    )
    error = failure_of(recorded.status, recorded.decoded, {}, recorded.provider)
    assert type(error) is wanted
    assert error.provider == recorded.provider
    assert error.hint


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."),
        (400, "prompt is too long: 210000 tokens > 200000 maximum"),
        (400, "prompt too long; exceeded max context length by 4 tokens"),
        (500, "the input length exceeds the context length"),
        (400, "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."),
        (400, "input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000"),
        (400, "the request exceeds the available context size (8192 tokens), try increasing it"),
        (400, "Input Tokens Exceeded: Number of input tokens exceeds maximum length."),
        (400, "The total length of all messages is too long."),
        (413, "Request Entity Too Large"),
        (413, "Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 9000"),
        (422, "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length"),
        (400, "Please reduce the length of the messages or completion."),
    ],
)
def test_a_prompt_that_is_too_long_in_every_wording(status: int, message: str) -> None:
    assert type(failure(status, message)) is ContextTooLong


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "max_tokens is too large: 99999. This model supports at most 16384 completion tokens"),
        (400, "Invalid 'temperature': decimal below minimum value."),
        (404, "404 page not found"),
        (422, "Field required"),
        (400, "Unsupported parameter: 'max_tokens' is not supported with this model."),
    ],
)
def test_other_wrong_requests_are_not_taken_for_long_ones(status: int, message: str) -> None:
    assert type(failure(status, message)) is InvalidRequest


@pytest.mark.parametrize(
    ("status", "message", "fields", "wanted"),
    [
        (429, "You exceeded your current quota", {"code": "insufficient_quota"}, QuotaExhausted),
        (402, "Insufficient Balance", {}, QuotaExhausted),
        (400, "Your credit balance is too low to access the API.", {}, QuotaExhausted),
        (403, "Your team has used all available credits.", {}, QuotaExhausted),
        (429, "You exceeded your current quota", {"status": "RESOURCE_EXHAUSTED"}, RateLimited),
        (429, "Rate limit reached", {"code": "rate_limit_exceeded"}, RateLimited),
        (400, "Too many requests, please wait before trying again.", {"code": "ThrottlingException"}, RateLimited),
        (429, "Request too large for gpt-4 on tokens per min", {"code": "rate_limit_exceeded"}, ContextTooLong),
        (400, "Model Not Exist", {}, ModelNotFound),
        (404, 'model "x" not found, try pulling it first', {}, ModelNotFound),
        (400, "x/y is not a valid model ID", {}, ModelNotFound),
        (404, "The API deployment for this resource does not exist.", {"code": "DeploymentNotFound"}, ModelNotFound),
        (404, "No endpoints found for x/y.", {}, ModelNotFound),
        (400, "API key not valid. Please pass a valid API key.", {"status": "INVALID_ARGUMENT"}, AuthenticationFailed),
        (403, "The security token included in the request is invalid.", {}, AuthenticationFailed),
        (403, "Country not supported", {"code": "unsupported_country"}, PermissionRefused),
        (403, "x requires moderation on z. Your input was flagged.", {"metadata": {"reasons": ["v"]}}, ContentFiltered),
        (400, "Your request was blocked", {"code": "content_policy_violation"}, ContentFiltered),
        (400, "Filtered", {"innererror": {"code": "ResponsibleAIPolicyViolation"}}, ContentFiltered),
        (529, "Overloaded", {"type": "overloaded_error"}, Overloaded),
        (503, "Loading model", {}, Overloaded),
        (500, "The model is overloaded. Please try again later.", {"status": "UNAVAILABLE"}, Overloaded),
        (408, "Timeout", {}, ProviderTimeout),
        (524, "", {}, ProviderTimeout),
        (400, "Failed to call a function.", {"code": "tool_use_failed"}, InvalidToolArguments),
        (500, "Internal error", {"type": "server_error"}, ProviderError),
    ],
)
def test_what_a_status_hides(status: int, message: str, fields: dict[str, Any], wanted: type[ProviderError]) -> None:
    assert type(failure(status, message, **fields)) is wanted


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, Overloaded),
        ({"error": {"message": "x", "code": 429}}, RateLimited),
        ({"error": {"message": "x", "status_code": 400}}, InvalidRequest),
        ({"error": {"message": "x", "type": "invalid_request_error"}}, InvalidRequest),
        ({"error": {"message": "x", "code": "502"}}, ProviderError),
        ([{"error": {"message": "x", "code": 503, "status": "UNAVAILABLE"}}], Overloaded),
        ({"error": "something"}, ProviderError),
    ],
)
def test_errors_inside_a_good_answer(payload: Any, wanted: type[ProviderError]) -> None:
    assert type(failure_of_payload(payload, "lab")) is wanted


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"detail": "Invalid value"}', "Invalid value"),
        ('{"detail": [{"loc": ["body", "model"], "msg": "Field required"}]}', "body.model: Field required"),
        ('{"message": {"detail": [{"loc": ["body", "x"], "msg": "Bad"}]}}', "body.x: Bad"),
        (
            '{"error": {"message": "Provider returned error", "metadata": {"raw": "{\\"error\\": {\\"message\\": \\"why\\"}}"}}}',
            "why",
        ),
        ("plain words", "plain words"),
        ("<html><head><title>Bad Gateway</title></head><body>nginx</body>", "Bad Gateway"),
        ("", "(HTTP 400)"),
        ("[]", "(HTTP 400)"),
        ("null", "(HTTP 400)"),
    ],
)
def test_the_message_is_found_wherever_it_stands(body: str, told: str) -> None:
    error = failure_of(400, body, {}, "lab")
    assert told in error.message
    assert "nginx" not in error.message


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"Retry-After": "7"}, "", 7),
        ({"retry-after-ms": "250", "retry-after": "1"}, "", 0.25),
        ({}, "Please try again in 1m2.5s. Visit", 62.5),
        ({}, "Please try again in 20ms.", 0.02),
        ({}, "Please retry in 48.9s.", 48.9),
        ({"Retry-After": "nan"}, "", None),
        ({"Retry-After": "-5"}, "", None),
        ({"Retry-After": "soon"}, "no idea", None),
        ({}, "try again in a moment", None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], message: str, seconds: float | None) -> None:
    assert retry_after(headers, (), message) == (None if seconds is None else pytest.approx(seconds))


def test_how_long_to_wait_by_a_date_and_by_a_detail_in_the_body() -> None:
    past = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
    assert retry_after({"Retry-After": past}) == 0
    gemini = next(found for found in REFUSED if found.provider == "gemini" and found.status == 429)
    assert failure_of(429, gemini.decoded, {}, "gemini").retry_after == 48


def test_only_what_can_pass_says_when_to_come_back() -> None:
    assert failure_of(429, "x", {"Retry-After": "7"}, "lab").retry_after == 7
    assert failure_of(503, "x", {"Retry-After": "7"}, "lab").retry_after == 7
    assert failure_of(400, "x", {"Retry-After": "7"}, "lab").retry_after is None


def test_a_wrong_key_hints_at_the_command_for_that_provider() -> None:
    assert "lumina keys set lab" in failure(401, "no").hint


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["error", "message", "detail", "code", "type", "status", "metadata", "raw", "details", "loc", "msg"]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from([302, 400, 401, 404, 413, 429, 500, 503]))
def test_no_error_body_crashes_the_classifier(payload: Any, status: int) -> None:
    for error in (failure_of(status, json.dumps(payload), {}, "lab"), failure_of_payload(payload, "lab")):
        assert isinstance(error, ProviderError)
        assert not any(character < " " for character in error.message)
        assert error.message.encode()
        assert len(error.message) < 400


@given(st.binary(max_size=200))
def test_no_garbage_crashes_the_classifier(body: bytes) -> None:
    assert failure_of(500, body, {}, "lab").message.startswith("lab")


KEY = "geheimer-schlüssel-123"


@given(st.text(max_size=600), st.text(max_size=600))
def test_no_part_of_a_key_is_left_wherever_a_text_is_cut(before: str, after: str) -> None:
    shown = excerpt(f"{before}{KEY}{after}", Secret(KEY))
    assert KEY not in shown
    if KEY[:8] not in before + after:
        assert KEY[:8] not in shown


def test_recordings_of_refusals_are_all_named() -> None:
    for beginning in OTHER_RECORDED:
        assert any(found.id.startswith(beginning) for found in REFUSED), beginning
    assert recording("groq/pydai__test_tool_use_failed_error_streaming.0").id in EXPECTED_ERRORS
