"""Whether the embedded model and the user's providers answer: a streamed answer and a tool call each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from ..errors import LuminaError
from .finding import Finding, ok, problem, warning

if TYPE_CHECKING:
    from ..engine import Engine
    from ..gateway import ProviderStatus


async def check_models(engine: Engine, *, offline: bool) -> AsyncIterator[Finding]:
    """Every provider that the user has, the embedded model first; offline, nothing leaves this machine."""
    try:
        statuses = await engine.providers(refresh=not offline)
    except LuminaError as error:
        yield problem("providers", error.message, error.hint)
        return
    usable = [status for status in statuses if status.available]
    for status in statuses:
        if status.name == "embedded":
            async for finding in _embedded(engine, status):
                yield finding
        elif status.available:
            if offline and not _is_local(status):
                yield ok(status.name, "not tried (--offline)")
            else:
                yield await _probed(engine, status.name)
        elif status.key_source or _was_meant(status):
            yield warning(status.name, status.reason, status.hint)
    if not usable:
        yield problem(
            "models",
            "Nothing can answer: no embedded model, no local server and no key.",
            "lumina pull qwen2.5-coder-0.5b",
        )


async def _embedded(engine: Engine, status: ProviderStatus) -> AsyncIterator[Finding]:
    if not status.available:
        yield warning("embedded model", status.reason, "lumina pull qwen2.5-coder-0.5b")
        return
    yield ok("embedded model", f"on disk: {', '.join(name.partition('/')[2] for name in status.models)}")
    yield await _probed(engine, "embedded")


async def _probed(engine: Engine, provider: str) -> Finding:
    check = "embedded model" if provider == "embedded" else provider
    try:
        tried = await engine.probe(provider)
    except LuminaError as error:
        return problem(check, error.message, error.hint)
    if not tried.streamed.ok:
        return problem(check, f"{tried.model}: {tried.streamed.detail}", tried.streamed.hint)
    if not tried.tool_call.ok:
        return warning(
            check, f"{tried.model} {tried.streamed.detail}, but {tried.tool_call.detail}", tried.tool_call.hint
        )
    seconds = tried.streamed.seconds + tried.tool_call.seconds
    return ok(check, f"{tried.model} {tried.streamed.detail} and {tried.tool_call.detail}, {seconds:.1f} s")


def _is_local(status: ProviderStatus) -> bool:
    from ..gateway.loopback import is_loopback

    return is_loopback(status.base_url)


def _was_meant(status: ProviderStatus) -> bool:
    """Whether the user set the provider up, so that its being away is worth a word."""
    from ..gateway.providers.specs import PROVIDERS

    return status.name not in PROVIDERS
