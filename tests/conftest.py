"""What every test can use: pytest-jupyter's event loop and real Jupyter server."""

from __future__ import annotations

pytest_plugins = ["pytest_jupyter.jupyter_server"]
