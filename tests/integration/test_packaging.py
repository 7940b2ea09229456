"""What is built and installed: the wheel's contents, and what it switches on in a fresh environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from lumina_jupyter import __version__

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = "share/jupyter/labextensions/lumina-jupyter"

# Files of this kind run at every start of Python; a compromised release once brought one.
EXPECTED_PTH = re.compile(
    r"_virtualenv\.pth|distutils-precedence\.pth|_?__?editable_.*lumina_jupyter.*\.pth|_lumina_jupyter\.pth|"
    r"_editable_impl_lumina_jupyter\.pth|a1_coverage\.pth"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a clean checkout, built as pip builds it but with the packages that are here."""
    folder = tmp_path_factory.mktemp("wheel")
    checkout = folder / "checkout"
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, files.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            target = checkout / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    result = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False, timeout=280)
    assert result.returncode == 0, result.stdout + result.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> dict[str, bytes]:
    """The wheel's files."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with the wheel in it, whose dependencies are those of this one."""
    environment = tmp_path_factory.mktemp("fresh") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    here = sysconfig.get_path("purelib")
    (site,) = environment.glob("lib/python*/site-packages")
    command = [sys.executable, "-m", "pip", "--python", str(environment), "install", "--no-deps", "--no-index"]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)
    # The dependencies, without the links to this checkout that an editable install leaves there.
    (site / "borrowed.pth").write_text(here + "\n", encoding="utf-8")
    return environment


def test_wheel_carries_the_finished_labextension(contents: dict[str, bytes]) -> None:
    data = f"lumina_jupyter-{__version__}.data/data/"
    manifest = json.loads(contents[f"{data}{EXTENSION}/package.json"])
    assert manifest["name"] == "lumina-jupyter"
    assert manifest["version"] == __version__
    entry = manifest["jupyterlab"]["_build"]["load"]
    assert f"{data}{EXTENSION}/{entry}" in contents
    assert f"{data}{EXTENSION}/install.json" in contents
    assert f"{data}etc/jupyter/jupyter_server_config.d/lumina_jupyter.json" in contents


def test_wheel_carries_nothing_else(contents: dict[str, bytes]) -> None:
    package = {name for name in contents if name.startswith("lumina_jupyter/")}
    assert "lumina_jupyter/__init__.py" in package
    assert "lumina_jupyter/py.typed" in package
    unexpected = [
        name
        for name in contents
        if "node_modules" in name or "__pycache__" in name or name.endswith((".map", ".pyc", ".tsbuildinfo"))
    ]
    assert unexpected == []
    tops = {name.split("/")[0] for name in contents}
    stem = f"lumina_jupyter-{__version__}"
    assert tops == {"lumina_jupyter", f"{stem}.data", f"{stem}.dist-info"}
    assert not any("/_labextension/" in name for name in package), "the labextension is there twice"
    assert not [name for name, body in contents.items() if str(ROOT).encode() in body], "a path of the building machine"


def test_wheel_carries_every_file_of_the_package(contents: dict[str, bytes]) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "lumina_jupyter"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert [name for name in listed if (ROOT / name).exists() and name not in contents] == []


def run(environment: Path, *command: str) -> str:
    """What a command of a fresh environment prints, with an empty home."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTHON"))}
    variables |= {"HOME": str(environment.parent), "NO_COLOR": "1"}
    result = subprocess.run(
        [str(environment / "bin" / "python"), *command],
        env=variables,
        cwd=environment.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return re.sub(r"\x1b\[\d+m", "", result.stdout + result.stderr)


def test_installing_enables_both_extensions(installed: Path) -> None:
    where = run(installed, "-c", "import lumina_jupyter; print(lumina_jupyter.__file__)")
    assert str(installed) in where
    server = run(installed, "-m", "jupyter_server.extension.serverextension", "list")
    assert re.search(r"lumina_jupyter enabled", server)
    assert re.search(rf"lumina_jupyter {re.escape(__version__)} OK", server)
    lab = run(installed, "-m", "jupyterlab.labextensions", "list")
    assert re.search(rf"lumina-jupyter v{re.escape(__version__)} enabled OK \(python, lumina-jupyter\)", lab)


def test_the_command_is_installed(installed: Path) -> None:
    result = subprocess.run(
        [str(installed / "bin" / "lumina"), "--help"], capture_output=True, text=True, check=False, timeout=120
    )
    assert result.returncode == 0, result.stderr
    assert "doctor" in result.stdout


def test_nothing_unexpected_runs_at_python_start() -> None:
    site = Path(sysconfig.get_path("purelib"))
    assert [path.name for path in site.glob("*.pth") if not EXPECTED_PTH.fullmatch(path.name)] == []


def test_committed_files_name_no_package_registry() -> None:
    # Installing goes where the user's own pip and npm configuration says.
    hosts = re.compile(rb"(?:py" rb"pi|python" rb"hosted|npm" rb"js|yarn" rb"pkg|deb\.deb" rb"ian)\.(?:org|com)")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    names = [name for name in listed.decode().split("\0") if name and not name.startswith("tests/recordings/")]
    found = [name for name in names if (ROOT / name).is_file() and hosts.search((ROOT / name).read_bytes())]
    assert found == []
