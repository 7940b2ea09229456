"""Runs every check; one that breaks is itself a finding."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TYPE_CHECKING

from ...errors import LuminaError
from ...settings import Lumina, load_settings
from ..own_engine import with_engine
from .extensions import check_extensions
from .finding import Finding, problem
from .folders import check_folders
from .models import check_models
from .network import check_network
from .storage import check_storage
from .versions import check_versions

if TYPE_CHECKING:
    from ...engine import Engine

Report = Callable[[Finding], None]


def examine(report: Report, *, offline: bool = False) -> None:
    """Run all checks and report each finding as it is made."""
    tell = _redacting(report)
    _run("versions", check_versions, tell)
    _run("extensions", check_extensions, tell)
    _run("network", lambda: check_network(dict(os.environ)), tell)
    try:
        settings = load_settings()
    except LuminaError as error:
        tell(problem("settings", error.message, error.hint))
        return
    _run("folders", lambda: check_folders(settings), tell)
    _with_engine(settings, tell, offline=offline)


def _redacting(report: Report) -> Report:
    return lambda finding: report(finding.redacted())


def _run(name: str, check: Callable[[], Iterable[Finding]], tell: Report) -> None:
    try:
        for finding in check():
            tell(finding)
    except Exception as error:  # noqa: BLE001 - a doctor that dies helps nobody
        tell(_broken(name, error))


def _with_engine(settings: Lumina, tell: Report, *, offline: bool) -> None:
    async def ask(engine: Engine) -> None:
        for name, findings in (
            ("storage", check_storage(engine)),
            ("models", check_models(engine, offline=offline)),
        ):
            await _drain(name, findings, tell)

    try:
        with_engine(ask, settings)
    except LuminaError as error:
        tell(problem("settings", error.message, error.hint))
    except Exception as error:  # noqa: BLE001 - as above
        tell(_broken("engine", error))


async def _drain(name: str, findings: AsyncIterator[Finding], tell: Report) -> None:
    try:
        async for finding in findings:
            tell(finding)
    except Exception as error:  # noqa: BLE001 - as above
        tell(_broken(name, error))


def _broken(name: str, error: Exception) -> Finding:
    return problem(name, f"This check itself failed: {type(error).__name__}: {error}", "Please report it.")
