"""What the documents tell people to type and to write works as it stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lumina_jupyter.cli.app import LazyGroup, lumina
from lumina_jupyter.gateway.providers.specs import PROVIDERS

from .running import Home

DOCUMENTS = Path(__file__).parents[3] / "docs"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NAMES = ("providers.md", "command-line.md")
ELSEWHERE = "$ lumina doctor --offline\n"
"""What test_chat.py runs, and reads: it asks the model, which takes its time."""


def blocks(name: str, language: str) -> list[str]:
    text = (DOCUMENTS / name).read_text()
    return [body for found, body in _BLOCK.findall(text) if found == language]


@pytest.mark.embedded
@pytest.mark.skipif(shutil.which("bash") is None, reason="the commands are written for a Unix shell")
@pytest.mark.parametrize(
    ("name", "block"),
    [(name, block) for name in NAMES for block in blocks(name, "console") if block != ELSEWHERE],
    ids=lambda value: str(value)[:40],
)
def test_commands_run(home: Home, models_dir: Path, name: str, block: str) -> None:
    home.configure(models_dir=str(models_dir), embedded_model="smollm2-135m", embedded_context=2048)
    (home.path / "prices.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    folder = home.path / "bin"
    folder.mkdir()
    command = folder / "lumina"
    # A small model that may say as much as it likes comes to no end.
    brief = 'case "$1 $2" in "chat --"*) ;; chat*) set -- "$@" --max-tokens 20 ;; esac'
    command.write_text(f'#!/bin/sh\n{brief}\nexec "{sys.executable}" -m lumina_jupyter.cli "$@"\n')
    command.chmod(0o755)
    home.extra |= {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "MY_KEY": "sk-0123456789abcdef",
        "GROQ_API_KEY": "gsk_0123456789ab",
    }
    # Naming a provider asks nobody but the ones that list their models themselves.
    script = "set -e\n" + "\n".join(line.removeprefix("$ ") for line in block.splitlines())
    ended = subprocess.run(
        ["bash", "-c", script],
        env=home.environment,
        cwd=home.path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert ended.returncode == 0, f"{block}\n{ended.stderr}"
    assert ended.stdout.strip()


@pytest.mark.parametrize("name", NAMES)
def test_commands_that_are_not_run_exist_with_their_options(name: str) -> None:
    assert isinstance(lumina, LazyGroup)
    context = lumina.make_context("lumina", ["--help"], resilient_parsing=True)
    for line in "".join(blocks(name, "sh")).splitlines():
        program, name_of_command, *rest = line.split()
        assert program == "lumina"
        command = lumina.get_command(context, name_of_command)
        assert command is not None, line
        known = {option for parameter in command.params for option in parameter.opts}
        passes_on = command.context_settings.get("ignore_unknown_options", False)
        assert passes_on or {word for word in rest if word.startswith("-")} <= known, line


@pytest.mark.parametrize("block", blocks("providers.md", "python"))
def test_settings_are_taken(home: Home, block: str) -> None:
    (home.path / "config").mkdir()
    (home.path / "config" / "jupyter_lumina_config.py").write_text(f"c = get_config()\n{block}")
    ended = home.run("keys", "list")
    assert ended.returncode == 0, ended.stderr


def test_every_provider_and_its_variables_are_listed() -> None:
    text = (DOCUMENTS / "providers.md").read_text()
    for spec in PROVIDERS.values():
        if spec.name == "embedded":
            continue
        row = next(line for line in text.splitlines() if line.startswith("|") and f"| `{spec.name}` |" in line)
        assert spec.title in row
        if spec.key_required:
            assert f"`{spec.key_variables[0]}`" in row, row
