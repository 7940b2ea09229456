"""Which files and folders are named as those that hold secrets are."""

from __future__ import annotations

import fnmatch
import os
import re
from collections import deque
from pathlib import Path

_NAMES = frozenset(
    (
        ".ssh",
        ".gnupg",
        ".aws",
        ".azure",
        ".kube",
        ".docker",
        ".jupyter",
        ".config",
        ".password-store",
        ".vault-token",
        ".netrc",
        "_netrc",
        ".pgpass",
        ".my.cnf",
        ".pypirc",
        ".npmrc",
        ".yarnrc",
        ".git-credentials",
        ".dockercfg",
        ".htpasswd",
        ".boto",
        ".s3cfg",
        ".env",
        ".envrc",
        ".databrickscfg",
        ".snowflake",
        ".terraformrc",
        ".gem",
        ".cargo",
        "credentials",
        "credentials.json",
        "kaggle.json",
        "token.json",
        "secrets.json",
        "secrets.toml",
        "secrets.yaml",
        "secrets.yml",
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        "jupyter_cookie_secret",
    )
)
_PATTERNS = re.compile(
    "|".join(map(fnmatch.translate, (".env.*", "*.pem", "*.key", "*.kdbx", "*.p12", "*.pfx", "*.jks", "*-key.json")))
)
_KEY_IN_GIT_CONFIG = re.compile(rb"://[^/\s]*:[^/\s]*@|extraheader|password|token", re.IGNORECASE)
_PASSED_BY = frozenset({"node_modules", "__pycache__", "site-packages"})

ENTRIES_LOOKED_AT = 20_000
"""A larger folder is looked through to that many entries, the nearest first."""


def is_secret_name(name: str) -> bool:
    """Whether programs keep keys under such a name."""
    return name in _NAMES or _PATTERNS.fullmatch(name) is not None


def secrets_in(folder: Path) -> list[Path]:
    """The files and folders in a folder, and in those below it, that are named as secrets are."""
    found: list[Path] = []
    waiting = deque([folder])
    left = ENTRIES_LOOKED_AT
    while waiting and left > 0:
        try:
            entries = list(os.scandir(waiting.popleft()))
        except OSError:
            continue  # what cannot be listed cannot be read in the sandbox either
        left -= len(entries)
        for entry in entries:
            if is_secret_name(entry.name):
                found.append(Path(entry.path))
            elif entry.name == ".git":
                found += _git_config(Path(entry.path))
            elif entry.is_dir(follow_symlinks=False) and entry.name not in _PASSED_BY:
                waiting.append(Path(entry.path))
    return found


def _git_config(folder: Path) -> list[Path]:
    """Git's configuration, when it holds a password for a remote."""
    config = folder / "config"
    try:
        with config.open("rb") as file:
            return [config] if _KEY_IN_GIT_CONFIG.search(file.read(65536)) else []
    except OSError:
        return []
