"""Running code in a real kernel of a real server."""

from __future__ import annotations

import ast
from typing import Any

from jupyter_server.serverapp import ServerApp


async def run(app: ServerApp, kernel_id: str, code: str) -> Any:
    """The value of what the code prints, a Python literal."""
    kernel: Any = app.kernel_manager.get_kernel(kernel_id).client()
    kernel.start_channels()
    try:
        await kernel.wait_for_ready(timeout=60)
        printed: list[str] = []

        def keep(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                printed.append(content["text"])
            elif message["msg_type"] == "error":
                raise AssertionError("\n".join(content["traceback"]))

        await kernel.execute_interactive(code, timeout=60, output_hook=keep)
    finally:
        kernel.stop_channels()
    return ast.literal_eval("".join(printed))
