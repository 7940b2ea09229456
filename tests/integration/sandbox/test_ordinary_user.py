"""The sandbox of a user without rights, who builds it with user namespaces, holds as root's does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from .attempts import ATTEMPTS, failures, program
from .surroundings import Surroundings

ROOT = Path(__file__).resolve().parents[3]
AS_NOBODY: Any = {"user": 65534, "group": 65534, "extra_groups": []}
BOMB = """
import os, time
refused = False
while not refused:
    try:
        os.fork()
    except OSError:
        refused = True
print("refused", flush=True)
time.sleep(3600)
"""


def interpreter() -> tuple[list[str], dict[str, str]]:
    """A Python that a user without rights can start, with our code and packages to import."""
    paths = {"PYTHONPATH": f"{ROOT}:{sysconfig.get_path('purelib')}", "PYTHONDONTWRITEBYTECODE": "1"}
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in filter(None, (sys.executable, shutil.which(version, path="/usr/bin"))):
        command = [candidate, "-c", "import lumina_jupyter.tools.sandbox, jupyter_core"]
        try:
            tried = subprocess.run(command, **AS_NOBODY, env=paths, capture_output=True, cwd="/")
        except PermissionError:
            continue
        if tried.returncode == 0:
            return [candidate], paths
    pytest.skip("no Python here that a user without rights can start")


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests are run as a user without rights already")
def test_every_attempt_of_an_ordinary_users_program_is_refused(around: Surroundings, mark: dict[str, str]) -> None:
    python, paths = interpreter()
    attempts = [attempt for attempt in ATTEMPTS if "T_ETC" not in attempt.code]
    at_home = [attempt for attempt in attempts if "HOME" in attempt.code]
    task = {
        "private": [str(path) for path in around.private],
        "environment": around.environment | mark,
        "attempts": [[str(around.folder), program(attempts)], [str(around.home), program(at_home)]],
        "bomb": BOMB,
    }
    environment = paths | {name: os.environ[name] for name in os.environ if name.startswith("JUPYTER_")}
    ran = subprocess.run(
        [*python, "-m", "tests.integration.sandbox.as_ordinary_user"],
        input=json.dumps(task),
        **AS_NOBODY,
        env=environment | {"HOME": str(around.home)},
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    if not told["available"]:
        pytest.skip(f"users without rights get no sandbox here: {told['text']}")
    for made, (printed, complained) in zip((attempts, at_home), told["attempts"], strict=True):
        assert failures(made, printed) == [], complained
    assert not around.heard
    printed, limit, processes = told["bomb"]
    assert "refused" in printed
    assert limit == "wall"
    assert processes <= 41
    assert "MemoryError" in told["greedy"]
    assert told["busy"] == "cpu"
    assert told["files"] == ["left"]
