"""What goes wrong in a page by a fault of ours, also where the network fails, which is no fault of anybody's."""

from __future__ import annotations

from playwright.sync_api import ConsoleMessage, Error, Page

_NO_NETWORK = ("Failed to load resource: net::", "WebSocket connection to ")
"""How the browser itself tells that a request found no server."""


class Mishaps:
    """Errors in a page that our code has thrown or told of.

    Args:
        page: Watched from now on.
    """

    def __init__(self, page: Page) -> None:
        self._found: list[str] = []
        page.on("pageerror", self._thrown)
        page.on("console", self._told)

    def taken(self) -> list[str]:
        """What went wrong since this was asked last."""
        found, self._found = self._found, []
        return found

    def _thrown(self, error: Error) -> None:
        # JupyterLab and other extensions throw, too, when the server is away.
        if "lumina" in (error.stack or "").lower():
            self._found.append(error.stack or "")

    def _told(self, message: ConsoleMessage) -> None:
        if message.type != "error" or message.text.startswith(_NO_NETWORK):
            return
        if "lumina" in f"{message.text} {message.location}".lower():
            self._found.append(message.text)
