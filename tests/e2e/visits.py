"""Visits to labs: pages that share what the browser has loaded of a lab, and leave nothing of theirs behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext

from tests.e2e.page import LabPage
from tests.e2e.server import LabServer


class Visits:
    """Opens pages on labs, all of one lab as the same visitor.

    Args:
        browser: The browser.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._visitors: dict[str, BrowserContext] = {}

    @contextmanager
    def page(self, server: LabServer, *, width: int = 1400, height: int = 900) -> Iterator[LabPage]:
        """A page; when it is closed, the lab's kernels end, and its settings are as at first."""
        if server.url not in self._visitors:
            self._visitors[server.url] = self._browser.new_context()
        page = self._visitors[server.url].new_page()
        page.set_viewport_size({"width": width, "height": height})
        try:
            yield LabPage(page, server)
        finally:
            page.close()
            server.end_kernels()
            server.forget_choices()

    def close(self) -> None:
        """End all visits."""
        for visitor in self._visitors.values():
            visitor.close()
