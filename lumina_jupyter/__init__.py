"""Lumina for Jupyter: an AI and ML workbench that lives inside Jupyter.

In a notebook: `%load_ext lumina_jupyter`, then `%%lumina` cells. In code: `lumina_jupyter.connect()`.
`@lumina_jupyter.tool` lets models call a function of a notebook.
Everything is loaded on first use, so that importing this package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .client import Client, connect
    from .magics.declared_tools import tool

__all__ = ["Client", "__version__", "connect", "tool"]


def __getattr__(name: str) -> Any:
    if name in {"Client", "connect"}:
        from . import client

        return getattr(client, name)
    if name == "tool":
        from .magics import declared_tools

        return declared_tools.tool
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """Register the magics; IPython calls it for `%load_ext lumina_jupyter`."""
    from .magics import load

    load(ipython)


def unload_ipython_extension(ipython: InteractiveShell) -> None:
    """Take the magics out again; IPython calls it for `%unload_ext lumina_jupyter`."""
    from .magics import unload

    unload(ipython)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "_labextension", "dest": "lumina-jupyter"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .server.extension import LuminaExtension

    return [{"module": "lumina_jupyter", "app": LuminaExtension}]
