"""Starting Jupyter's servers with Lumina's extension switched on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

EXTENSION = "lumina_jupyter"
_SWITCH = "--ServerApp.jpserver_extensions={name}={on}"


def run_jupyter(module: str, arguments: Sequence[str]) -> None:
    """Become (on Windows: start, and wait for) a Jupyter server; does not return.

    Raises:
        SystemExit: with the server's exit code, on Windows.
    """
    command = [sys.executable, "-m", module, _SWITCH.format(name=EXTENSION, on=True), *arguments]
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        # The server takes this process's place: signals and the exit code need no passing on.
        os.execv(command[0], command)  # noqa: S606 - a list, no shell
    try:
        raise SystemExit(subprocess.run(command, check=False).returncode)
    except KeyboardInterrupt:
        # The server got the same Ctrl-C and has ended by itself.
        raise SystemExit(0) from None


def only_ours() -> list[str]:
    """Options that switch off every other server extension that is enabled here."""
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    manager = ExtensionConfigManager(read_config_path=jupyter_config_path())
    found: dict[str, bool] = manager.get_jpserver_extensions()  # type: ignore[no-untyped-call]  # Jupyter's is untyped
    return [_SWITCH.format(name=name, on=False) for name, on in sorted(found.items()) if on and name != EXTENSION]
