"""A sandbox with secrets around it, and the certainty that nothing of it is left after a test."""

from __future__ import annotations

import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lumina_jupyter.tools.sandbox import Sandbox, probe

from .surroundings import Surroundings, surroundings


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where there is no Linux there is no sandbox; on Linux its lack is a failure that says why."""
    for item in items:
        if sys.platform != "linux" and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="the sandbox needs Linux"))


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Iterator[Surroundings]:
    """The surroundings, as those of the user whom we are."""
    # Not in pytest's folder, which it keeps closed to other users.
    with tempfile.TemporaryDirectory(prefix="lumina-around-") as place, surroundings(Path(place)) as made:
        monkeypatch.setenv("HOME", str(made.home))
        monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(made.home / ".jupyter"))
        monkeypatch.setenv("JUPYTER_DATA_DIR", str(made.home / ".local/share/jupyter"))
        monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(made.home / ".local/share/jupyter/runtime"))
        yield made


@pytest.fixture
def sandbox(around: Surroundings) -> Sandbox:
    """A sandbox to which those secrets are named that cannot be known by their names."""
    status = probe()
    assert status.available, f"{status.text} {status.fix}"
    return Sandbox(private=around.private)


@pytest.fixture
def mark() -> Iterator[dict[str, str]]:
    """A variable that every process of a test's program inherits; after the test, no process may have it."""
    value = uuid.uuid4().hex
    yield {"T_MARK": value}
    left = [process for process in psutil.process_iter() if has_mark(process, value)]
    assert not left


def has_mark(process: psutil.Process, value: str) -> bool:
    """Whether a process was started, however far down, by the program with that mark."""
    try:
        return bool(process.environ().get("T_MARK") == value)
    except psutil.Error:
        return False
