"""The Git state that a model is shown, in repositories that mean well and in others."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lumina_jupyter.context.sources.git import git_item, is_asked_for


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.invalid")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-b", "trunk")
    (folder / "model.py").write_text("depth = 3\n")
    (folder / "work.ipynb").write_text("{}")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "begin")
    (folder / "model.py").write_text("depth = 5\n")
    return folder


def text_of(folder: Path, policy: str = "values") -> str:
    item = git_item(folder, policy, 1.0)  # type: ignore[arg-type]  # a literal, given by a parameter here
    return "" if item is None else item.text


def test_branch_changes_and_diff(repository: Path) -> None:
    (repository / "work.ipynb").write_text('{"cells": ["a secret output"]}')
    text = text_of(repository)
    assert "Branch: trunk" in text
    assert "-depth = 3\n+depth = 5" in text
    assert "work.ipynb" in text
    assert "a secret output" not in text


def test_no_values_no_diff(repository: Path) -> None:
    assert "model.py" in text_of(repository, "schema-only")
    assert "depth" not in text_of(repository, "schema-only")


def test_there_is_nothing_outside_of_a_repository(tmp_path: Path) -> None:
    assert git_item(tmp_path, "values", 1.0) is None


@pytest.mark.parametrize("entry", ["clean", "process", "smudge"])
def test_a_repository_cannot_run_programs_as_filters(repository: Path, tmp_path: Path, entry: str) -> None:
    (repository / ".gitattributes").write_text("*.py filter=odd=name\n")
    git(repository, "config", "--file", ".git/config", f"filter.odd=name.{entry}", f"touch {tmp_path}/ran; cat")
    git(repository, "config", "--file", ".git/config", "filter.odd=name.required", "true")
    assert "+depth = 5" in text_of(repository)
    assert not (tmp_path / "ran").exists()


def test_a_repository_cannot_show_files_from_elsewhere(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "model.py").write_text("not for you\n")
    git(repository, "config", "core.worktree", str(tmp_path / "private"))
    assert text_of(repository) == ""


def test_only_questions_about_changes_ask_for_it() -> None:
    assert is_asked_for("What did I change since the last commit?")
    assert not is_asked_for("What does this plot show?")
