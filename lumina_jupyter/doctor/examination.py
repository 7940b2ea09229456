"""Runs every check; one that breaks is itself a finding. No finding holds anything that looks like a key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..settings import Lumina
from .extensions import check_extensions
from .finding import Finding, problem
from .folders import check_folders
from .mcp import check_mcp
from .models import check_models
from .network import check_network
from .sandbox import check_sandbox
from .storage import check_storage
from .versions import check_versions

if TYPE_CHECKING:
    from ..engine import Engine


def examine_machine(environment: Mapping[str, str], settings: Lumina | None) -> Iterator[Finding]:
    """Look at the installation, the network and the folders; blocks, for a second or so.

    Args:
        environment: The variables that say how the network is reached.
        settings: They say where the folders are; None when they cannot be read.
    """
    yield from _guarded("versions", check_versions)
    yield from _guarded("extensions", check_extensions)
    yield from _guarded("network", lambda: check_network(environment))
    yield from _guarded("sandbox", check_sandbox)
    if settings is not None:
        yield from _guarded("mcp", lambda: check_mcp(settings))
        yield from _guarded("folders", lambda: check_folders(settings))


async def examine_engine(engine: Engine, *, offline: bool) -> AsyncIterator[Finding]:
    """Look at the database, the keys and every provider that can be used.

    Args:
        engine: What is examined.
        offline: Whether providers on other machines are left alone; trying one costs a few tokens.
    """
    for name, findings in (("storage", check_storage(engine)), ("models", check_models(engine, offline=offline))):
        try:
            async for finding in findings:
                yield finding.redacted()
        except Exception as error:  # noqa: BLE001 - a doctor that dies helps nobody
            yield broken_check(name, error)


def _guarded(name: str, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    try:
        for finding in check():
            yield finding.redacted()
    except Exception as error:  # noqa: BLE001 - as above
        yield broken_check(name, error)


def broken_check(name: str, error: Exception) -> Finding:
    """What is told of a check that cannot be made."""
    text = f"This check itself failed: {type(error).__name__}: {error}"
    return problem(name, text, "Please report it.").redacted()
