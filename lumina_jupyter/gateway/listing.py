"""Asking a server which models it has: Ollama, and whatever lists models as OpenAI does.

Short time limits, and no answer is trusted: whatever cannot be read becomes a reason in words.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx

from ..telemetry.redaction import redact
from .credentials import Access
from .loopback import is_loopback
from .model_info import ModelInfo

CONNECT_TIMEOUT = 1.5
TOTAL_TIMEOUT = 4.0
"""Seconds for a whole listing."""
MAX_BYTES = 16 * 1024**2
_DETAILED = 64
"""Models of an Ollama server that are asked about one by one at most."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The models that a server says it has, or the reason why it could not be asked."""

    models: tuple[ModelInfo, ...] = ()
    reason: str = ""
    hint: str = ""

    @property
    def reached(self) -> bool:
        """Whether the server answered."""
        return not self.reason


async def list_models(access: Access) -> Listing:
    """What the server at the provider's address says it has; never raises for what the server does."""
    title, url = access.spec.title, access.base_url
    loopback = is_loopback(url)
    try:
        async with asyncio.timeout(TOTAL_TIMEOUT):
            # In a thread, because it reads the CA certificates. A proxy has no business on loopback.
            client = await asyncio.to_thread(_client, access, trust_environment=not loopback)
            async with client:
                if access.spec.name == "ollama":
                    return Listing(tuple(await _ollama_models(client, url)))
                return Listing(tuple(_models_of(access.spec.name, await _json(client, "GET", _list_url(access)))))
    except httpx.ConnectError:
        return Listing(reason=f"Nothing answers at {url}.", hint=_start_hint(access))
    except (TimeoutError, httpx.TimeoutException):
        return Listing(reason=f"{title} at {url} did not answer within {TOTAL_TIMEOUT:g} s.", hint=_start_hint(access))
    except _Refused as refused:
        hint = f"Set a valid key with `lumina keys set {access.spec.name}`." if refused.status in {401, 403} else ""
        return Listing(reason=f"{title} answered with status {refused.status}.", hint=hint)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:  # OSError: an unreadable SSL_CERT_FILE
        return Listing(reason=f"{title} at {url} gave no list of models: {redact(str(error)) or type(error).__name__}.")


class _Refused(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def _client(access: Access, *, trust_environment: bool) -> httpx.AsyncClient:
    headers = dict(access.headers)
    if access.key is not None:
        headers.setdefault("Authorization", f"Bearer {access.key.reveal()}")
    return httpx.AsyncClient(
        headers=headers, timeout=httpx.Timeout(TOTAL_TIMEOUT, connect=CONNECT_TIMEOUT), trust_env=trust_environment
    )


def _list_url(access: Access) -> str:
    if access.spec.name == "github":
        return access.base_url.removesuffix("/inference") + "/catalog/models"
    return f"{access.base_url}/models"


def _start_hint(access: Access) -> str:
    if access.spec.name == "ollama":
        return "Start it with `ollama serve`, or set c.Lumina.ollama_url (or OLLAMA_HOST) to where it is."
    return f"Start the server, or correct c.Lumina.endpoints[{access.spec.name!r}]['base_url']."


async def _json(client: httpx.AsyncClient, method: str, url: str, body: Mapping[str, Any] | None = None) -> Any:
    async with client.stream(method, url, json=body) as response:
        if response.status_code != 200:
            raise _Refused(response.status_code)
        content = bytearray()
        async for piece in response.aiter_bytes():
            content += piece
            if len(content) > MAX_BYTES:
                raise ValueError("the answer is too long")
    try:
        return json.loads(content)
    except ValueError:
        raise ValueError("the answer is not JSON") from None


async def _ollama_models(client: httpx.AsyncClient, base_url: str) -> list[ModelInfo]:
    root = base_url.removesuffix("/v1")
    names = [str(item["name"]) for item in _items(await _json(client, "GET", f"{root}/api/tags")) if "name" in item]
    details = await asyncio.gather(*(_ollama_model(client, root, name) for name in names[:_DETAILED]))
    return [*details, *(_local_model("ollama", name) for name in names[_DETAILED:])]


async def _ollama_model(client: httpx.AsyncClient, root: str, name: str) -> ModelInfo:
    model = _local_model("ollama", name)
    try:
        shown = await _json(client, "POST", f"{root}/api/show", {"model": name})
    except (httpx.HTTPError, _Refused, ValueError):
        # The name alone is enough for a call.
        return model
    if not isinstance(shown, dict):
        return model
    capabilities = shown.get("capabilities")
    if isinstance(capabilities, list):
        model = replace(
            model,
            mode="chat" if "completion" in capabilities or "embedding" not in capabilities else "embedding",
            tools="tools" in capabilities,
            vision="vision" in capabilities,
            reasoning="thinking" in capabilities,
            fim="insert" in capabilities,
        )
    facts = shown.get("model_info")
    lengths = (
        [value for key, value in facts.items() if key.endswith(".context_length")] if isinstance(facts, dict) else []
    )
    return replace(model, context=_count(lengths[0]) if lengths else None)


def _local_model(provider: str, name: str) -> ModelInfo:
    return ModelInfo(
        id=f"{provider}/{name}",
        provider=provider,
        name=name,
        input_price=0.0,
        output_price=0.0,
        source=provider,
    )


def _models_of(provider: str, answer: Any) -> Iterable[ModelInfo]:
    for item in _items(answer):
        name = item.get("id") or item.get("name")
        if isinstance(name, str) and name:
            yield _listed_model(provider, name.removeprefix("models/"), item)


def _items(answer: Any) -> list[dict[str, Any]]:
    """The entries of a list of models: bare, or under `data` or `models`."""
    if isinstance(answer, dict):
        answer = answer.get("data", answer.get("models"))
    if not isinstance(answer, list):
        raise ValueError("the answer is not a list of models")
    return [item for item in answer if isinstance(item, dict)]


def _listed_model(provider: str, name: str, item: Mapping[str, Any]) -> ModelInfo:
    """What OpenRouter, GitHub Models, vLLM, llama.cpp and others write beside a model's name."""
    pricing, architecture, limits, best = (
        _mapping(item, key) for key in ("pricing", "architecture", "limits", "top_provider")
    )
    parameters = item.get("supported_parameters")
    abilities = item.get("capabilities")
    listed = parameters if isinstance(parameters, list) else abilities if isinstance(abilities, list) else None
    inputs = architecture.get("input_modalities") or item.get("supported_input_modalities")
    return ModelInfo(
        id=f"{provider}/{name}",
        provider=provider,
        name=name,
        mode="embedding" if item.get("type") in {"embedding", "embeddings"} else "chat",
        context=_count(
            item.get("context_length")
            or item.get("max_model_len")
            or limits.get("max_input_tokens")
            or _mapping(item, "meta").get("n_ctx_train")
        ),
        max_output=_count(best.get("max_completion_tokens") or limits.get("max_output_tokens")),
        tools=None if listed is None else bool({"tools", "tool-calling"} & set(map(str, listed))),
        vision="image" in inputs if isinstance(inputs, list) else None,
        reasoning=None if listed is None else bool({"reasoning", "include_reasoning"} & set(map(str, listed))),
        json_schema=None if not isinstance(parameters, list) else "structured_outputs" in parameters,
        input_price=_dollars(pricing.get("prompt")),
        output_price=_dollars(pricing.get("completion")),
        cached_input_price=_dollars(pricing.get("input_cache_read")),
        cache_write_price=_dollars(pricing.get("input_cache_write")),
        source=provider,
    )


def _mapping(item: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = item.get(key)
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else None


def _dollars(value: object) -> float | None:
    """A price; OpenRouter writes them as text, and -1 where it varies."""
    try:
        price = float(value) if isinstance(value, str | int | float) else -1.0
    except ValueError:
        return None
    return price if 0 <= price < 1 else None
