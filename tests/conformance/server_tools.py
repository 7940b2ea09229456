"""A Jupyter server extension that puts the tools into Lumina's registry which the suite's server scenarios call."""

from __future__ import annotations

import asyncio
from typing import Any

from lumina_jupyter.errors import ToolFailed
from lumina_jupyter.server.service import SERVICE
from lumina_jupyter.tools import ImageContent, TextContent, ToolContext
from lumina_jupyter.tools.declaration import declared

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg=="


def test_simple_text() -> str:
    """Give text."""
    return "This is a simple text response for testing."


def test_image_content() -> Any:
    """Give an image."""
    return (ImageContent("image/png", PIXEL),)


def test_multiple_content_types() -> Any:
    """Give text and an image."""
    return (TextContent("Multiple content types test:"), ImageContent("image/png", PIXEL))


def test_error_handling() -> str:
    """Fail."""
    raise ToolFailed("This tool intentionally returns an error for testing")


async def test_tool_with_progress(context: ToolContext) -> str:
    """Tell of progress."""
    for step in (0, 50, 100):
        context.tell(f"{step} of 100")
        await asyncio.sleep(0.05)
    return "Done."


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(serverapp: Any) -> None:
    async def offer() -> None:
        engine = await serverapp.web_app.settings[SERVICE].engine()
        for function in (
            test_simple_text,
            test_image_content,
            test_multiple_content_types,
            test_error_handling,
            test_tool_with_progress,
        ):
            engine.tools.registry.add(declared(function, effects=["read"]))

    serverapp.io_loop.add_callback(offer)
