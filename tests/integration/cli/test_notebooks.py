"""`lumina notebook read` and `run`, beside a real server with real kernels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.integration.server.process import Running, server

from .running import Home
from .terminal import terminal


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Running]:
    with server(folder, forked=True) as found:
        yield found


@pytest.fixture
def home(running: Running, folder: Path) -> Home:
    """The home of whoever started the server, in the folder that it shows."""
    home = Home(folder)
    home.extra["HOME"] = str(folder)
    return home


def make(home: Home, name: str, *cells: str) -> tuple[str, list[str]]:
    """A notebook of code cells: its path, and the ids."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    path = home.path / "root with spaces" / name
    nbformat.write(made, path)
    return str(path), [cell.id for cell in made.cells]


def cells_of(path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(Path(path).read_text())["cells"]
    return found


def test_cells_run_and_are_read(home: Home) -> None:
    path, ids = make(home, "a.ipynb", "x = 6 * 7", "print(x)", "1 / 0", "never = 1")
    ended = home.run("notebook", "run", path, "--cell", "#1", "--cell", ids[1][:6])
    assert ended.returncode == 0, ended.stderr
    assert [line.split(",")[0] for line in ended.stdout.splitlines()] == ["cell #1  ok", "cell #2  ok"]
    assert "".join(cells_of(path)[1]["outputs"][0]["text"]) == "42\n"
    told = home.json("notebook", "run", path, code=1)
    assert [each["status"] for each in told if each["type"] == "cell_finished"] == ["ok", "ok", "error"]
    assert (told[-1]["type"], told[-1]["status"], told[-1]["code"]) == ("finished", "error", "cell_failed")
    assert cells_of(path)[3]["execution_count"] is None
    read = home.run("notebook", "read", path)
    assert f"#2  code  {ids[1]}" in read.stdout
    assert "  | 42" in read.stdout
    assert "ZeroDivisionError: division by zero" in read.stdout
    whole = home.json("notebook", "read", path)
    assert [cell["id"] for cell in whole["cells"]] == ids
    assert all(len(cell["hash"]) == 16 for cell in whole["cells"])


def test_a_time_limit_and_what_is_not_there(home: Home) -> None:
    path, _ = make(home, "b.ipynb", "import time; time.sleep(600)")
    slow = home.run("notebook", "run", path, "--timeout", "0.5")
    assert slow.returncode == 1
    assert "cell #1  timed out" in slow.stdout
    assert "longer than its 0.5 seconds" in slow.stderr
    for arguments in (("run", path, "--cell", "none"), ("run", "none.ipynb"), ("read", "none.ipynb")):
        refused = home.run("notebook", *arguments)
        assert refused.returncode == 1, arguments
        assert "Error:" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_ctrl_c_interrupts_the_run(home: Home) -> None:
    path, _ = make(home, "c.ipynb", "import time\nprint('begun', flush=True)\ntime.sleep(600)", "never = 1")
    with terminal(home, "notebook", "run", path) as shown:
        shown.wait_for("cell #1 runs, 00:0")
        shown.interrupt()
        shown.wait_for("cell #1  interrupted")
        assert shown.end() == 1
    first, second = cells_of(path)
    assert "".join(first["outputs"][0]["text"]) == "begun\n"
    assert second["execution_count"] is None


def test_in_a_terminal_of_jupyterlab(home: Home, running: Running) -> None:
    """There the token in the environment is the kernels', and the server's own is where Jupyter writes it down."""
    path, _ = make(home, "d.ipynb", "print('from a terminal')")
    home.extra |= {"LUMINA_URL": running.url, "LUMINA_TOKEN": "what a kernel is given"}
    ended = home.run("notebook", "run", path)
    assert ended.returncode == 0, ended.stderr
    assert "".join(cells_of(path)[0]["outputs"][0]["text"]) == "from a terminal\n"


def test_without_a_server_a_file_is_read_and_nothing_runs(tmp_path: Path) -> None:
    alone = Home(tmp_path)
    (tmp_path / "root with spaces").mkdir()
    path, ids = make(alone, "e.ipynb", "print(1)")
    assert [cell["id"] for cell in alone.json("notebook", "read", path)["cells"]] == ids
    refused = alone.run("notebook", "run", path)
    assert refused.returncode == 1
    assert "no Jupyter server" in refused.stderr
