"""`lumina doctor`."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from ..output import clean, print_json, say, style

if TYPE_CHECKING:
    from ...doctor import Finding
    from ...engine import Engine

_MARKS = {"ok": ("ok", "green"), "warning": ("!", "yellow"), "problem": ("X", "red")}
_INDENT = 24


@click.command(short_help="Find out what is wrong, and how to mend it.")
@click.option("--offline", is_flag=True, help="Ask no provider that is on another machine.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(offline: bool, as_json: bool) -> None:
    """Look at the installation, the folders, the network and every provider that you have.

    Each provider is asked for one short answer and one tool call, which costs a few tokens. Ends with
    exit code 1 when there is a problem.
    """
    found: list[Finding] = []

    def report(finding: Finding) -> None:
        found.append(finding)
        if not as_json:
            _show(finding)

    _examine(report, offline=offline)
    problems = sum(finding.status == "problem" for finding in found)
    warnings = sum(finding.status == "warning" for finding in found)
    if as_json:
        print_json({"ok": not problems, "problems": problems, "warnings": warnings, "findings": found})
    else:
        say()
        say(_verdict(problems, warnings), bold=True)
    if problems:
        raise click.exceptions.Exit(1)


def _examine(report: Callable[[Finding], None], *, offline: bool) -> None:
    from ...doctor import broken_check, examine_engine, examine_machine, problem
    from ...errors import LuminaError
    from ...settings import load_settings
    from ..own_engine import with_engine

    settings, unusable = None, None
    try:
        settings = load_settings()
    except LuminaError as error:
        unusable = error
    for finding in examine_machine(dict(os.environ), settings):
        report(finding)

    async def ask(engine: Engine) -> None:
        async for finding in examine_engine(engine, offline=offline):
            report(finding)

    if settings is not None:
        try:
            with_engine(ask, settings)
        except LuminaError as error:
            unusable = error
        except Exception as error:  # noqa: BLE001 - a doctor that dies helps nobody
            report(broken_check("engine", error))
    if unusable is not None:
        report(problem("settings", unusable.message, unusable.hint).redacted())


def _show(finding: Finding) -> None:
    mark, colour = _MARKS[finding.status]
    room = max(40, shutil.get_terminal_size().columns - _INDENT) if sys.stdout.isatty() else 10_000
    first, *others = textwrap.wrap(clean(finding.text), room, break_long_words=False) or [""]
    say(f"{style(f'{mark:<2}', colour=colour, bold=True)} {finding.check:<{_INDENT - 4}} {first}")
    for line in others:
        say(" " * _INDENT + line)
    if finding.fix:
        say(" " * _INDENT + style("→ ", colour=colour) + clean(finding.fix))


def _verdict(problems: int, warnings: int) -> str:
    if not problems and not warnings:
        return "All is well."
    parts = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in ((problems, "problem"), (warnings, "warning")) if n]
    return f"{' and '.join(parts)}; the lines with → say what to do."
