"""Environments for peers that cannot share ours: made with uv on first use, kept in `.bench/`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".bench"


def peer_python(name: str, *packages: str) -> str | None:
    """The interpreter of an environment that holds the packages; None when none can be made here."""
    folder = FOLDER / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = folder / "complete"
    if done.exists():
        return str(python)
    uv = shutil.which("uv", path=os.pathsep.join([str(ROOT / ".uv" / "bin"), os.environ.get("PATH", "")]))
    if uv is None:
        return None
    try:
        subprocess.run([uv, "venv", "-q", "--clear", "--python", sys.executable, str(folder)], check=True)
        subprocess.run([uv, "pip", "install", "-q", "--python", str(python), *packages], check=True)
    except subprocess.CalledProcessError:
        return None
    done.touch()
    return str(python)
