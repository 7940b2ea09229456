"""Which notebook a kernel takes itself to belong to."""

from __future__ import annotations

from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from lumina_jupyter.magics.identity import identify


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InteractiveShell:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    config = Config()
    config.HistoryManager.enabled = False
    config.IPKernelApp.connection_file = "/run/jupyter/kernel-4f1c-22.json"
    return InteractiveShell(config=config)  # type: ignore[no-untyped-call]  # IPython has no type for it


def test_vs_code_tells_it_in_a_variable(shell: InteractiveShell) -> None:
    shell.user_ns["__vsc_ipynb_file__"] = "/home/ada/a.ipynb"
    assert identify(shell, {"JPY_SESSION_NAME": "/b.ipynb"}).notebook == "/home/ada/a.ipynb"


def test_a_jupyter_server_tells_it_in_the_environment(shell: InteractiveShell) -> None:
    identity = identify(shell, {"JPY_SESSION_NAME": "/srv/b.ipynb"})
    assert (identity.notebook, identity.kernel_id) == ("/srv/b.ipynb", "4f1c-22")


def test_elsewhere_it_is_the_working_folder_and_the_script(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["/opt/x/run.py", "--flag"])
    assert identify(shell, {}).notebook == str(Path.cwd() / "run.py")


def test_a_deleted_working_folder_is_no_trouble(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert isinstance(identify(shell, {}).notebook, str)
