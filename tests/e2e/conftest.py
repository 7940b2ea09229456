"""The browser, and JupyterLab with and without live collaboration.

Playwright's synchronous API keeps an event loop running as long as it is open, so it is open for the tests of this
package alone, which are plain functions.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.chat import ChatPanel
from tests.e2e.page import LabPage
from tests.e2e.provider import ReplayedProvider, replayed_provider, settings_for
from tests.e2e.server import LabServer, running_lab

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


_NOTEBOOKS = iter(f"chat-{number}.ipynb" for number in range(1000))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as driving a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def jp_asyncio_loop() -> None:
    """Nothing: pytest-jupyter's closes the event loop after each test, and here that loop is Playwright's."""


@pytest.fixture(autouse=True)
def jp_server_cleanup() -> None:
    """Nothing: no server runs in this process."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, headless; LUMINA_CHROMIUM names another one."""
    candidates = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("LUMINA_CHROMIUM") or next(filter(None, map(shutil.which, candidates)), None)
    if not found:
        pytest.fail("The browser tests need Chromium: install it (Debian: apt-get install chromium fonts-liberation).")
    # Two cores that run other tests too can make a page slow.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def plain_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A JupyterLab whose notebooks are not shared."""
    with running_lab(tmp_path_factory.mktemp("lab"), collaboration=False) as server:
        yield server


@pytest.fixture(scope="module")
def shared_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A JupyterLab whose notebooks are shared live."""
    with running_lab(tmp_path_factory.mktemp("shared-lab"), collaboration=True) as server:
        yield server


@pytest.fixture(scope="module")
def embedded_lab(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[LabServer]:
    """A JupyterLab with shared notebooks in which the real embedded 0.5b model answers."""
    settings = {"Lumina.models_dir": str(models_dir), "Lumina.embedded_model": "qwen2.5-coder-0.5b"}
    folder = tmp_path_factory.mktemp("embedded-lab")
    with running_lab(folder, collaboration=True, settings=settings) as server:
        yield server


@pytest.fixture(scope="module")
def provider() -> Iterator[ReplayedProvider]:
    """The provider behind the model `lab/m` of `replayed_lab`; a test tells it what to say."""
    with replayed_provider() as replayed:
        yield replayed


@pytest.fixture(scope="module")
def replayed_lab(tmp_path_factory: pytest.TempPathFactory, provider: ReplayedProvider) -> Iterator[LabServer]:
    """A JupyterLab with shared notebooks in which `provider` answers."""
    folder = tmp_path_factory.mktemp("replayed-lab")
    with running_lab(folder, collaboration=True, settings=settings_for(provider)) as server:
        yield server


@pytest.fixture
def embedded_page(browser: Browser, embedded_lab: LabServer) -> Iterator[LabPage]:
    """A page on the JupyterLab in which the embedded model answers."""
    yield from _pages(browser, embedded_lab)


@pytest.fixture
def replayed_page(browser: Browser, replayed_lab: LabServer, provider: ReplayedProvider) -> Iterator[LabPage]:
    """A page on the JupyterLab in which `provider` answers; the provider has forgotten earlier tests."""
    provider.forget()
    yield from _pages(browser, replayed_lab)


@pytest.fixture
def plain_page(browser: Browser, plain_lab: LabServer) -> Iterator[LabPage]:
    """A page on a JupyterLab whose notebooks are not shared."""
    yield from _pages(browser, plain_lab)


@pytest.fixture(params=["plain", "shared"])
def lab_page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[LabPage]:
    """A page on a JupyterLab, once without and once with live collaboration."""
    yield from _pages(browser, request.getfixturevalue(f"{request.param}_lab"))


@pytest.fixture
def chat(replayed_page: LabPage) -> Iterator[ChatPanel]:
    """The chat panel on a notebook of its own."""
    name = next(_NOTEBOOKS)
    replayed_page.open_notebook(name, ["import pandas as pd\ndf = pd.DataFrame({'a': [1]})", "1 / 0"])
    panel = ChatPanel(replayed_page, name)
    panel.open()
    yield panel
    assert replayed_page.errors == []


def _pages(browser: Browser, server: LabServer) -> Iterator[LabPage]:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    yield LabPage(context.new_page(), server)
    context.close()
