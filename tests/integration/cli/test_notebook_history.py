"""`lumina notebook history` and `restore`, with a Jupyter server and without one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from lumina_jupyter.collaboration.replicas.disk_file import disk_key
from lumina_jupyter.collaboration.snapshots.snapshots import Snapshots
from lumina_jupyter.settings import Lumina
from tests.integration.server.process import server

from .running import Home

DOCUMENT = (Path(__file__).parents[3] / "docs" / "notebook-history.md").read_text()
DOCUMENTED_ID = "3f9a1c"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


def notebook(**sources: str) -> dict[str, Any]:
    cells: list[dict[str, Any]] = [
        {"id": name, "cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for name, source in sources.items()
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def sources(path: Path) -> dict[str, str]:
    return {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]}


@pytest.fixture
def kept(home: Home) -> str:
    """A notebook `work/n.ipynb` that was changed since it was kept; the moment's id."""
    path = home.path / "work" / "n.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps(notebook(a="x = 2\nprint(x)", d="new")))
    snapshots = Snapshots(Lumina(data_dir=str(home.data)))
    then = notebook(a="x = 1\nprint(x)", b="gone")
    return snapshots.take(disk_key(path.resolve()), then, reason="before_run", by="Lumina", run="r1").id


def test_a_history_is_listed_compared_shown_and_restored_without_a_server(home: Home, kept: str) -> None:
    path = home.path / "work" / "n.ipynb"
    listed = home.run("notebook", "history", "work/n.ipynb")
    assert listed.returncode == 0, listed.stderr
    heading, row = listed.stdout.splitlines()
    assert heading.split() == ["id", "when", "why", "by", "what"]
    assert row.startswith(kept)
    assert "before an agent's edits" in row
    assert row.endswith("2 cells")
    (moment,) = home.json("notebook", "history", str(path))
    assert (moment["id"], moment["by"], moment["cells"]) == (kept, "Lumina", 2)
    changed = home.run("notebook", "history", "work/n.ipynb", "--diff", kept[:5]).stdout
    assert "Cell #1 a: edited" in changed
    assert "  -x = 1\n  +x = 2" in changed
    assert "Cell #2 b: removed" in changed
    assert "Cell #2 d: added" in changed
    shown = home.run("notebook", "history", "work/n.ipynb", "--show", kept).stdout
    assert json.loads(shown)["cells"][1]["source"] == "gone"

    before = path.read_bytes()
    tried = home.run("notebook", "restore", "work/n.ipynb", kept, "--dry-run").stdout
    assert "  -x = 2\n  +x = 1" in tried
    assert "Cell #2 b: added" in tried
    assert "Cell #2 d: removed" in tried
    tried = home.run("notebook", "restore", "work/n.ipynb", kept, "--cell", "b", "--dry-run").stdout
    assert tried.splitlines() == ["Cell #2 b: added", "  +gone"]
    assert path.read_bytes() == before
    assert len(home.json("notebook", "history", str(path))) == 1

    done = home.run("notebook", "restore", "work/n.ipynb", kept, "--cell", "b")
    assert "cells 1 brought back" in done.stdout
    assert sources(path) == {"a": "x = 2\nprint(x)", "b": "gone", "d": "new"}
    made = home.json("notebook", "restore", "work/n.ipynb", kept)
    assert sources(path) == {"a": "x = 1\nprint(x)", "b": "gone"}
    back = home.run("notebook", "restore", "work/n.ipynb", made["undo"])
    assert back.returncode == 0, back.stderr
    assert sources(path) == {"a": "x = 2\nprint(x)", "b": "gone", "d": "new"}
    assert "already as it was" in home.run("notebook", "restore", "work/n.ipynb", made["undo"]).stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["restore", "work/n.ipynb", "ffffffff"], "has no moment 'ffffffff'"),
        (["restore", "work/n.ipynb", "../../x"], "has no moment"),
        (["restore", "work/n.ipynb", "KEPT", "--cell", "zzz"], "has no cell 'zzz'"),
        (["restore", "work/n.ipynb", "KEPT", "--cell", "zzz", "--dry-run"], "has no cell 'zzz'"),
        (["history", "gone.ipynb"], "There is no notebook"),
        (["history", "work"], "is no notebook"),
        (["history"], "--gone"),
        (["history", "work/n.ipynb", "--gone"], "stands alone"),
        (["history", "work/n.ipynb", "--diff", "x", "--show", "y"], "exclude each other"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    home: Home, kept: str, arguments: list[str], told: str
) -> None:
    path = home.path / "work" / "n.ipynb"
    before = path.read_bytes()
    ended = home.run("notebook", *(kept if each == "KEPT" else each for each in arguments))
    assert ended.returncode in {1, 2}
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
    assert path.read_bytes() == before


def test_a_notebook_without_a_history_says_when_there_will_be_one(home: Home) -> None:
    (home.path / "n.ipynb").write_text(json.dumps(notebook(a="1")))
    assert "has no earlier moment yet" in home.run("notebook", "history", "n.ipynb").stdout
    assert home.json("notebook", "history", "n.ipynb") == []


def test_the_terminal_is_sent_nothing_to_obey(home: Home) -> None:
    path = home.path / "n.ipynb"
    path.write_text(json.dumps(notebook(a="now")))
    evil = "\x1b]0;title\x07\x1b[2J"
    snapshots = Snapshots(Lumina(data_dir=str(home.data)))
    kept = snapshots.take(disk_key(path.resolve()), notebook(a=f"then {evil}"), reason="saved", by=evil)
    for arguments in (["history", "n.ipynb"], ["history", "n.ipynb", "--diff", kept.id]):
        assert "\x1b" not in home.run("notebook", *arguments).stdout


def test_with_a_server_the_history_is_the_servers(home: Home) -> None:
    """What the server kept as a notebook was saved is restored by it; and without it the same history is there."""
    path = home.path / "root with spaces" / "n.ipynb"
    with server(home.path, forked=True) as jupyter:
        path.write_text(json.dumps(notebook(a="first", b="gone")))
        model = {"type": "notebook", "format": "json", "content": notebook(a="second")}
        headers = {"Authorization": f"Bearer {jupyter.token}"}
        with httpx.Client(base_url=jupyter.url, headers=headers, timeout=30) as http:
            assert http.put("api/contents/n.ipynb", json=model).status_code == 200
        moments: list[dict[str, Any]] = []
        for _ in range(20):  # it is kept in a thread after the save
            moments = moments or home.json("notebook", "history", str(path))
        assert [each["reason"] for each in moments] == ["saved"]
        ended = home.run("notebook", "restore", str(path), moments[0]["id"])
        assert ended.returncode == 0, ended.stderr
        assert "passed over" not in ended.stderr
        assert sources(path) == {"a": "first", "b": "gone"}
        known = home.json("notebook", "history", str(path))
        assert [each["reason"] for each in known] == ["before_restore", "saved"]
    assert home.json("notebook", "history", str(path)) == known


def test_a_deleted_notebook_is_listed_and_written_anew(home: Home) -> None:
    assert "No notebook is gone" in home.run("notebook", "history", "--gone").stdout
    path = home.path / "work" / "n.ipynb"
    snapshots = Snapshots(Lumina(data_dir=str(home.data)))
    kept = snapshots.take(disk_key(path.resolve()), notebook(a="x = 1"), reason="saved", path=str(path)).id
    listed = home.run("notebook", "history", "--gone").stdout
    assert str(path) in listed
    assert kept in listed
    (found,) = home.json("notebook", "history", "--gone")
    assert (found["path"], found["moments"], found["cells"]) == (str(path), 1, 1)
    assert home.json("notebook", "history", str(path))[0]["id"] == kept
    tried = home.run("notebook", "restore", "work/n.ipynb", kept, "--dry-run").stdout
    assert tried.splitlines() == ["Cell #1 a: added", "  +x = 1"]
    assert not path.exists()
    done = home.run("notebook", "restore", "work/n.ipynb", kept)
    assert "cells 1 brought back" in done.stdout, done.stderr
    assert sources(path) == {"a": "x = 1"}
    assert home.json("notebook", "history", "--gone") == []


@pytest.mark.skipif(shutil.which("bash") is None, reason="the commands are written for a Unix shell")
def test_the_commands_of_the_document_run(home: Home) -> None:
    path = home.path / "prices.ipynb"
    path.write_text(json.dumps(notebook(load="now")))
    snapshots = Snapshots(Lumina(data_dir=str(home.data)))
    kept = snapshots.take(disk_key(path.resolve()), notebook(load="then", plot="gone"), reason="saved")
    command = home.path / "bin" / "lumina"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lumina_jupyter.cli "$@"\n')
    command.chmod(0o755)
    home.extra["PATH"] = f"{command.parent}:{os.environ['PATH']}"
    lines = [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines()]
    assert len(lines) == 6
    script = "\n".join(f"echo '--'\n{line}" for line in lines).replace(DOCUMENTED_ID, kept.id)
    ended = subprocess.run(
        ["bash", "-c", f"set -e\n{script}"], env=home.environment, cwd=home.path, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    assert all(part.strip() for part in ended.stdout.split("--\n")[1:])
    assert sources(path) == {"load": "then", "plot": "gone"}
    assert sources(home.path / "earlier.ipynb") == sources(path)


def test_the_settings_of_the_document_are_the_defaults() -> None:
    told = dict(re.findall(r"c\.Lumina\.(\w+) = (\d+)", "".join(blocks("python"))))
    assert told.keys() == {"history_days", "history_mb", "history_minutes"}
    assert {name: float(value) for name, value in told.items()} == {name: getattr(Lumina(), name) for name in told}
