"""The state of the Git repository that the notebook is in: branch, changed files, a short diff."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ...telemetry.redaction import redact
from ..item import Item
from ..kernel.summary import Policy
from .cells import value_of

TIME_LIMIT = 1.0
"""Seconds that each command may take."""
FILES = 40
DIFF_CHARACTERS = 8_000

_ASKED = re.compile(
    r"\b(?:git|commit(?:s|ted)?|branch|diff|merge|rebase|stash|uncommitted|changes?|changed)\b", re.IGNORECASE
)
# Nothing of the repository's own configuration may run a program: no pager, hook, monitor or external diff; for
# filters, whose names are the repository's own, see `_without_filters`.
_SAFE = (
    "--no-pager",
    "--no-optional-locks",
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "color.ui=false"),
    *("-c", "core.quotePath=false"),
)
# A submodule brings a configuration of its own.
_NO_SUBMODULES = "--ignore-submodules=all"
_STATUS = ("--porcelain=v1", "--branch", "--untracked-files=normal", _NO_SUBMODULES)
_DIFF = ("--no-ext-diff", "--no-textconv", _NO_SUBMODULES, "-U1", "--", ".", ":(exclude)*.ipynb")


def is_asked_for(question: str) -> bool:
    """Whether a question sounds as if it were about changes; else nobody needs to start a process for it."""
    return _ASKED.search(question) is not None


def git_item(folder: Path, policy: Policy, relevance: float) -> Item | None:
    """The state; None outside of a repository, without Git, and when Git takes too long. Runs processes: for a thread.

    Diffs leave notebooks out, because they hold outputs; where values may not be seen there is no diff at all.
    """
    if not _holds(folder):
        return None
    environment = _without_filters(folder)
    if environment is None:
        return None
    status = _git(folder, "status", *_STATUS, environment=environment)
    if not status:
        return None
    branch, *changed = status.rstrip("\n").split("\n")
    lines = [f"Branch: {branch.removeprefix('## ')}", f"Changed files: {len(changed):,}", *changed[:FILES]]
    if len(changed) > FILES:
        lines.append(f"[… {len(changed) - FILES:,} more …]")
    if changed and policy == "values":
        diff = _git(folder, "diff", "HEAD", *_DIFF, environment=environment)
        if diff:
            cut = "\n[… the diff goes on …]" if len(diff) > DIFF_CHARACTERS else ""
            lines += ["Diff without notebooks:", diff[:DIFF_CHARACTERS] + cut]
    text = redact("\n".join(lines))
    return Item(kind="git", label="Git state", text=text, value=value_of(relevance, len(text)), place=(0, 1))


def _holds(folder: Path) -> bool:
    """Whether the folder is in the working tree that its repository names: `core.worktree` may name any other."""
    top = _git(folder, "rev-parse", "--show-toplevel").rstrip("\n")
    return top != "" and folder.resolve().is_relative_to(Path(top).resolve())


def _without_filters(folder: Path) -> dict[str, str] | None:
    """Variables that switch off the programs that would filter files; None when they cannot be told."""
    listed = _run(folder, "config", "--null", "--name-only", "--get-regexp", r"^filter\.", environment={})
    if listed is None or listed.returncode not in (0, 1):  # 1: there is none
        return None
    drivers = {name.rpartition(".")[0] for name in listed.stdout.decode("utf-8", "surrogateescape").split("\0") if name}
    off = [(f"{driver}.{entry}", "") for driver in sorted(drivers) for entry in ("clean", "smudge", "process")]
    off += [(f"{driver}.required", "false") for driver in sorted(drivers)]
    variables = {"GIT_CONFIG_COUNT": str(len(off))}
    for number, (key, value) in enumerate(off):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables


def _git(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """What a command prints; empty when it fails."""
    ran = _run(folder, *arguments, environment=environment or {})
    return ran.stdout.decode("utf-8", "replace") if ran is not None and ran.returncode == 0 else ""


def _run(folder: Path, *arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[bytes] | None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        return subprocess.run(
            ["git", *_SAFE, *arguments],
            cwd=folder,
            env={**kept, "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat", "LC_ALL": "C", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
