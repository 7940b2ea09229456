"""Makes `.venv` hold Lumina and all that it needs: `make install`, `make lab` and `make test` begin with it.

It runs on the machine's own Python with nothing but the standard library and pip, which fetches uv
into a folder of its own, so that neither a virtual environment nor a writable system Python is
needed. What is there already is not done again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
UV_HOME = ROOT / ".uv"
STAMP = VENV / "lumina-setup.json"
SUPPORTED = ((3, 11), (3, 13))

# What pip's configuration calls a thing, what uv calls it, and what joins several values.
INDEX_SETTINGS = (
    ("index-url", "UV_DEFAULT_INDEX", None),
    ("extra-index-url", "UV_INDEX", " "),
    ("find-links", "UV_FIND_LINKS", ","),
    ("trusted-host", "UV_INSECURE_HOST", " "),
    ("cert", "SSL_CERT_FILE", None),
)


def main() -> None:
    """Read the extras to install from the command line, and install."""
    parser = argparse.ArgumentParser(description="Install Lumina into .venv.")
    parser.add_argument("--extras", default="all", help="extras to install, with commas between them")
    wanted = {extra for extra in parser.parse_args().extras.split(",") if extra}
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        raise SystemExit(
            f"Lumina needs Python 3.11 to 3.13, but {sys.executable} is {sys.version.split()[0]}. "
            "Name another one: make PYTHON=/path/to/python3.12"
        )
    done = recorded() if usable_venv() else {}
    sources = digest()
    extras = wanted | set(done.get("extras", ()))
    if done.get("sources") == sources and extras == set(done["extras"]):
        return
    environment = uv_environment()
    uv = find_uv()
    if not usable_venv():
        run([uv, "venv", "--clear", "--python", sys.executable, str(VENV)], environment)
    target = f"{ROOT}[{','.join(sorted(extras))}]"
    run([uv, "pip", "install", "--python", str(venv_python()), "--editable", target], environment)
    STAMP.write_text(json.dumps({"sources": sources, "extras": sorted(extras)}), encoding="utf-8")


def usable_venv() -> bool:
    """Whether `.venv` has a Python that runs and is new enough."""
    check = f"import sys; sys.exit(not {SUPPORTED[0]} <= sys.version_info[:2] <= {SUPPORTED[1]})"
    python = venv_python()
    return python.exists() and subprocess.run([str(python), "-c", check], check=False).returncode == 0


def venv_python() -> Path:
    """The virtual environment's Python."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def find_uv() -> str:
    """The path of uv: fetched with pip into a folder of its own, once.

    Raises:
        SystemExit: when pip is not there or cannot fetch it.
    """
    program = UV_HOME / "bin" / ("uv.exe" if os.name == "nt" else "uv")
    if not program.exists():
        shutil.rmtree(UV_HOME, ignore_errors=True)
        # --target leaves the system's Python as it is, also where it is marked as managed by others.
        fetch = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*fetch, "--target", str(UV_HOME), "uv"], {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"})
    return str(program)


def uv_environment() -> dict[str, str]:
    """The environment for uv, which does not read pip's configuration: where pip would look, uv looks too."""
    environment = dict(os.environ)
    configured = pip_configuration()
    for name, variable, separator in INDEX_SETTINGS:
        values = configured.get(name, "").split()
        if values and variable not in environment:
            environment[variable] = separator.join(values) if separator else values[0]
    if "UV_INDEX" in environment:
        # pip takes the best version that any of the indexes has.
        environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return environment


def pip_configuration() -> dict[str, str]:
    """The settings of pip by name, from its files and from PIP_… variables, which win as they do in pip."""
    result = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise SystemExit(f"{sys.executable} has no working pip: {result.stderr.strip()}")
    settings: dict[str, tuple[int, str]] = {}
    for line in result.stdout.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        rank = {"global": 0, "install": 1}.get(section, 2)
        if rank >= settings.get(name, (-1, ""))[0]:
            settings[name] = (rank, value.strip("'\""))
    return {name: value.replace("\\n", " ") for name, (_, value) in settings.items()}


def digest() -> str:
    """One hash over everything that an editable install copies or depends on."""
    files = [ROOT / "pyproject.toml", ROOT / "lumina_jupyter" / "_version.py", Path(__file__)]
    files += [ROOT / "scripts" / "build_labextension.py"]
    files += [path for path in (ROOT / "jupyter-config").rglob("*") if path.is_file()]
    extension = ROOT / "labextension"
    files += [path for path in extension.iterdir() if path.is_file() and path.suffix != ".tsbuildinfo"]
    for folder in ("src", "style", "schema"):
        files += [path for path in (extension / folder).rglob("*") if path.is_file()]
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def recorded() -> dict[str, Any]:
    """What the last successful run left behind."""
    try:
        state = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def run(command: list[str], environment: dict[str, str]) -> None:
    """Run one step; its output is the user's to see.

    Raises:
        SystemExit: when it fails.
    """
    result = subprocess.run(command, env=environment, cwd=ROOT, check=False)
    if result.returncode:
        raise SystemExit(f"Setting up failed at: {' '.join(command)}")


if __name__ == "__main__":
    main()
