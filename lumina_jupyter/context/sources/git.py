"""The state of the Git repository that the notebook is in: branch, changed files, a short diff."""

from __future__ import annotations

import os
import re
import subprocess
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
# Nothing of the repository's own configuration may run a program: no pager, hook, monitor, external diff or filter text.
_SAFE = (
    "--no-pager",
    "--no-optional-locks",
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "color.ui=false"),
    *("-c", "core.quotePath=false"),
)


def is_asked_for(question: str) -> bool:
    """Whether a question sounds as if it were about changes; else nobody needs to start a process for it."""
    return _ASKED.search(question) is not None


def git_item(folder: Path, policy: Policy, relevance: float) -> Item | None:
    """The state; None outside of a repository, without Git, and when Git takes too long. Runs processes: for a thread.

    Diffs leave notebooks out, because they hold outputs; where values may not be seen there is no diff at all.
    """
    status = _git(folder, "status", "--porcelain=v1", "--branch", "--untracked-files=normal")
    if not status:
        return None
    branch, *changed = status.rstrip("\n").split("\n")
    lines = [f"Branch: {branch.removeprefix('## ')}", f"Changed files: {len(changed):,}", *changed[:FILES]]
    if len(changed) > FILES:
        lines.append(f"[… {len(changed) - FILES:,} more …]")
    if changed and policy == "values":
        diff = _git(folder, "diff", "HEAD", "--no-ext-diff", "--no-textconv", "-U1", "--", ".", ":(exclude)*.ipynb")
        if diff:
            cut = "\n[… the diff goes on …]" if len(diff) > DIFF_CHARACTERS else ""
            lines += ["Diff without notebooks:", diff[:DIFF_CHARACTERS] + cut]
    text = redact("\n".join(lines))
    return Item(kind="git", label="Git state", text=text, value=value_of(relevance, len(text)), place=(0, 1))


def _git(folder: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat", "LC_ALL": "C"}
    try:
        ran = subprocess.run(
            ["git", *_SAFE, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.decode("utf-8", "replace") if ran.returncode == 0 else ""
