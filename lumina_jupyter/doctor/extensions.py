"""Whether Jupyter knows our two extensions and has them switched on."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from .finding import Finding, ok, problem

SERVER_EXTENSION = "lumina_jupyter"
LAB_EXTENSION = "lumina-jupyter"
_REINSTALL = f"{sys.executable} -m pip install --force-reinstall --no-deps lumina-jupyter"


def check_extensions() -> Iterator[Finding]:
    """The server's and the lab's extension."""
    yield _server()
    yield _lab()


def _server() -> Finding:
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    manager = ExtensionConfigManager(read_config_path=jupyter_config_path())
    enabled: dict[str, bool] = manager.get_jpserver_extensions()  # type: ignore[no-untyped-call]  # Jupyter's is untyped
    if SERVER_EXTENSION not in enabled:
        return problem(
            "server extension",
            "Jupyter Server does not know it.",
            f"jupyter server extension enable {SERVER_EXTENSION}",
        )
    if not enabled[SERVER_EXTENSION]:
        return problem("server extension", "It is switched off.", f"jupyter server extension enable {SERVER_EXTENSION}")
    return ok("server extension", "switched on")


def _lab() -> Finding:
    from jupyter_core.paths import jupyter_config_path, jupyter_path

    folders = [Path(folder) / LAB_EXTENSION for folder in jupyter_path("labextensions")]
    found = next((folder for folder in folders if (folder / "package.json").is_file()), None)
    if found is None:
        return problem("lab extension", "JupyterLab cannot find it.", _REINSTALL)
    if not list((found / "static").glob("remoteEntry*.js")):
        return problem("lab extension", f"{found} holds no code.", _REINSTALL)
    for folder in jupyter_config_path():
        page = Path(folder) / "labconfig" / "page_config.json"
        if LAB_EXTENSION in _disabled(page):
            return problem(
                "lab extension", f"It is switched off in {page}.", f"jupyter labextension enable {LAB_EXTENSION}"
            )
    return ok("lab extension", f"switched on, in {found}")


def _disabled(page_config: Path) -> set[str]:
    try:
        disabled = json.loads(page_config.read_text()).get("disabledExtensions", {})
    except (OSError, ValueError, AttributeError):
        return set()
    if isinstance(disabled, dict):
        return {name for name, off in disabled.items() if off}
    return set(disabled) if isinstance(disabled, list) else set()
