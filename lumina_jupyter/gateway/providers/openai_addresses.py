"""Where OpenAI's API is at a target, and how the key goes along."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from .base import Target

_AZURE_MODELS_VERSION = "2024-05-01-preview"
_AZURE_DEPLOYMENTS_VERSION = "2024-10-21"


def api_url(target: Target, path: str) -> str:
    """The address of `chat/completions`, `embeddings` or `models` at the target."""
    base = target.base_url.rstrip("/")
    if target.provider == "azure":
        return _azure_url(base, target, path)
    if target.provider == "ollama" and not urlsplit(base).path:
        base += "/v1"
    if path == "models" and base.endswith("models.github.ai/inference"):
        return base.removesuffix("inference") + "catalog/models"
    return f"{base}/{path}"


def api_headers(target: Target) -> dict[str, str]:
    """The headers of a request, the key among them; the target's own headers win."""
    headers: dict[str, str] = {}
    if target.key is not None and (key := target.key.reveal().strip()):
        if target.provider == "azure" and target.options.get("auth") != "bearer":
            headers["api-key"] = key
        else:
            headers["Authorization"] = f"Bearer {key}"
    headers.update(target.headers)
    return headers


def _azure_url(base: str, target: Target, path: str) -> str:
    """Azure serves one API in three places: v1, a deployment's own address, and its model inference."""
    version = target.options.get("api_version", "")
    if "/openai/deployments" not in base and not base.endswith(("/v1", "/models")):
        root = base.removesuffix("/openai")
        # A version is what the older API by deployments needs; v1 has none.
        base = f"{root}/openai/deployments" if version and path != "models" else f"{root}/openai/v1"
    if base.endswith("/openai/deployments"):
        base = f"{base}/{quote(target.name, safe='')}"
    if "/openai/deployments/" in base:
        return f"{base}/{path}?api-version={version or _AZURE_DEPLOYMENTS_VERSION}"
    if base.endswith("/models"):
        return f"{base}/{path}?api-version={version or _AZURE_MODELS_VERSION}"
    return f"{base}/{path}"
