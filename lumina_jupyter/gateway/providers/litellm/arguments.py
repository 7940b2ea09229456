"""A request and its target as the arguments of a litellm call. Keys travel here and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ....errors import AuthenticationFailed, InvalidRequest
from ...requests import ChatRequest, EmbeddingRequest, ToolSpec
from ..base import Target
from ..specs import PROVIDERS
from .messages import Family, openai_messages

_FAMILIES: dict[str, Family] = {
    "anthropic": "anthropic",
    "gemini": "google",
    "vertex_ai": "google",
    "bedrock": "bedrock",
}
_MODES = frozenset({"auto", "none", "required"})
_AWS_PARTS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_RESERVED = frozenset({"model", "messages", "input", "stream", "timeout", "base_url", "deployment_id", "extra_headers"})
_RESERVED_PREFIXES = ("aws_", "vertex_", "azure_", "litellm_")


def litellm_provider(target: Target) -> str:
    """What litellm calls the target's provider."""
    named = target.options.get("litellm_provider")
    if named:
        return named
    spec = PROVIDERS.get(target.provider)
    return (spec.litellm_prefix.rstrip("/") if spec is not None else "") or target.provider


def family_of(target: Target) -> Family:
    """Which dialect the target speaks, as far as our mending goes."""
    return _FAMILIES.get(litellm_provider(target), "other")


def chat_arguments(request: ChatRequest, target: Target, own_parameters: frozenset[str]) -> dict[str, Any]:
    """What `litellm.acompletion` is called with.

    Raises:
        AuthenticationFailed: when there is no usable key.
        InvalidRequest: when the request holds what this provider cannot be sent.
    """
    arguments: dict[str, Any] = {
        **_extra(request.extra, own_parameters, target.provider),
        **_target_arguments(target, chat=True),
        "messages": openai_messages(request.messages, family_of(target), target.provider),
        "stream": target.options.get("stream") != "false",
    }
    optional: dict[str, Any] = {
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stop": list(request.stop) or None,
        "seed": request.seed,
        "reasoning_effort": request.reasoning_effort,
        "response_format": _response_format(request),
    }
    if request.tools:
        optional["tools"] = [_tool(tool) for tool in request.tools]
        optional["tool_choice"] = _tool_choice(request.tool_choice)
        optional["parallel_tool_calls"] = request.parallel_tool_calls
    arguments.update({name: value for name, value in optional.items() if value is not None})
    return arguments


def embedding_arguments(request: EmbeddingRequest, target: Target) -> dict[str, Any]:
    """What `litellm.aembedding` is called with.

    Raises:
        AuthenticationFailed: when there is no usable key.
    """
    arguments = {**_target_arguments(target, chat=False), "input": list(request.inputs)}
    if request.dimensions is not None:
        arguments["dimensions"] = request.dimensions
    return arguments


def _target_arguments(target: Target, *, chat: bool) -> dict[str, Any]:
    provider = litellm_provider(target)
    arguments: dict[str, Any] = {
        "model": f"{provider}/{target.name}",
        "num_retries": 0,
        "max_retries": 0,
        "caching": False,
        "no-log": True,
        # What a model cannot do (a seed, parallel tool calls) is left out rather than refused.
        "drop_params": True,
        "timeout": target.stream_timeout,
    }
    if target.base_url:
        arguments["api_base"] = target.base_url
    if target.headers:
        arguments["extra_headers"] = dict(target.headers)
    if provider == "bedrock":
        if chat:
            arguments["model"] = f"bedrock/{target.options.get('bedrock_api', 'converse')}/{target.name}"
        arguments.update(_aws(target))
    elif provider == "vertex_ai":
        arguments.update(_vertex(target))
    elif target.key is not None:
        arguments["api_key"] = target.key.reveal()
    elif provider in _FAMILIES:
        # litellm would look into the environment, which is not for it to do.
        raise AuthenticationFailed(f"There is no key for {target.provider}.", provider=target.provider)
    return arguments


def _vertex(target: Target) -> dict[str, Any]:
    project = target.options.get("vertex_project")
    if target.key is None or not project or not _google_credentials(target.key.reveal()):
        missing = "no project" if target.key is not None and not project else "no usable credentials"
        raise AuthenticationFailed(
            f"There is {missing} for {target.provider}.",
            hint="Set VERTEXAI_PROJECT and VERTEXAI_CREDENTIALS (the JSON of a service account, or its file's path).",
            provider=target.provider,
        )
    return {
        "vertex_project": project,
        "vertex_location": target.options.get("vertex_location") or "us-central1",
        "vertex_credentials": target.key.reveal(),
    }


def _google_credentials(key: str) -> bool:
    """Whether the key is the JSON of credentials, or the path of a file."""
    try:
        return isinstance(json.loads(key), dict)
    except ValueError:
        return "\0" not in key and len(key) < 4096 and Path(key).is_file()


def _aws(target: Target) -> dict[str, Any]:
    arguments: dict[str, Any] = {"aws_region_name": target.options.get("aws_region_name") or "us-east-1"}
    if target.key is None:
        profile = target.options.get("aws_profile_name")
        if not profile:
            raise AuthenticationFailed(
                f"There is no key for {target.provider}.",
                hint="Set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
                provider=target.provider,
            )
        # An empty key keeps a bearer token in the environment from being taken instead.
        return {**arguments, "aws_profile_name": profile, "api_key": ""}
    key = target.key.reveal()
    credentials = _aws_credentials(key)
    if credentials is None:
        return {**arguments, "api_key": key}
    if not (credentials.get("aws_access_key_id") and credentials.get("aws_secret_access_key")):
        raise AuthenticationFailed(
            f"The key for {target.provider} has no access key id or no secret access key.",
            hint="Write it as ACCESS_KEY_ID:SECRET_ACCESS_KEY, or use a Bedrock API key.",
            provider=target.provider,
        )
    return {**arguments, **credentials, "api_key": ""}


def _aws_credentials(key: str) -> dict[str, str] | None:
    """The parts of an AWS key pair; None when the key is a bearer token."""
    if key.lstrip().startswith("{"):
        try:
            parts = json.loads(key)
        except ValueError:
            return {}
        return {name: str(parts[name]) for name in _AWS_PARTS if parts.get(name)}
    if key.startswith(("AKIA", "ASIA")):
        return {name: part for name, part in zip(_AWS_PARTS, key.split(":", 2), strict=False) if part}
    return None


def _extra(extra: Mapping[str, Any], own_parameters: frozenset[str], provider: str) -> dict[str, Any]:
    """Parameters for the provider alone: nothing in a request may steer litellm or redirect a key."""
    for name in extra:
        if name in own_parameters or name in _RESERVED or name.startswith(_RESERVED_PREFIXES):
            raise InvalidRequest(f"The field {name!r} cannot be passed on to {provider}.", provider=provider)
    return dict(extra)


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function: dict[str, Any] = {
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
    }
    if tool.strict:
        function["strict"] = True
    return {"type": "function", "function": function}


def _tool_choice(choice: str | None) -> Any:
    if choice is None or choice in _MODES:
        return choice
    return {"type": "function", "function": {"name": choice}}


def _response_format(request: ChatRequest) -> dict[str, Any] | None:
    wanted = request.response_format
    if wanted is not None:
        schema = {"name": wanted.name, "schema": wanted.schema, "strict": wanted.strict}
        return {"type": "json_schema", "json_schema": schema}
    return {"type": "json_object"} if request.json_mode else None
