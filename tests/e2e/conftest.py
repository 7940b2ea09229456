"""The browser, and JupyterLab with and without live collaboration.

Playwright's synchronous API keeps an event loop running as long as it is open, so it is open for the tests of this
package alone, which are plain functions. A lab is started once for all of them, so each test has notebooks of its own
names.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.chat import ChatPanel
from tests.e2e.page import LabPage
from tests.e2e.provider import ReplayedProvider, replayed_provider, settings_for
from tests.e2e.server import LabServer, running_lab
from tests.e2e.visits import Visits

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOP = Path(__file__).parent / "servers" / "shop.py"

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


@pytest.fixture(scope="package")
def visits(browser: Browser) -> Iterator[Visits]:
    """Opens pages on labs."""
    made = Visits(browser)
    yield made
    made.close()


@pytest.fixture(scope="package")
def plain_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A JupyterLab whose notebooks are not shared."""
    with running_lab(tmp_path_factory.mktemp("lab"), collaboration=False) as server:
        yield server


@pytest.fixture(scope="package")
def shared_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A JupyterLab whose notebooks are shared live."""
    with running_lab(tmp_path_factory.mktemp("shared-lab"), collaboration=True, forked=True) as server:
        yield server


@pytest.fixture(scope="package")
def embedded_lab(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[LabServer]:
    """A JupyterLab with shared notebooks in which the real embedded 0.5b model answers."""
    settings = {"Lumina.models_dir": str(models_dir), "Lumina.embedded_model": "qwen2.5-coder-0.5b"}
    folder = tmp_path_factory.mktemp("embedded-lab")
    with running_lab(folder, collaboration=True, settings=settings, forked=True) as server:
        yield server


@pytest.fixture(scope="package")
def provider() -> Iterator[ReplayedProvider]:
    """The provider behind the model `lab/m` of several labs; a test tells it what to say."""
    with replayed_provider() as replayed:
        yield replayed


@pytest.fixture(scope="package")
def replayed_lab(tmp_path_factory: pytest.TempPathFactory, provider: ReplayedProvider) -> Iterator[LabServer]:
    """A JupyterLab with shared notebooks in which `provider` answers."""
    folder = tmp_path_factory.mktemp("replayed-lab")
    with running_lab(folder, collaboration=True, settings=settings_for(provider), forked=True) as server:
        yield server


@pytest.fixture(scope="package")
def tools_lab(tmp_path_factory: pytest.TempPathFactory, provider: ReplayedProvider) -> Iterator[LabServer]:
    """One in which the chat uses tools as well, and an MCP server is a shop."""
    folder = tmp_path_factory.mktemp("tools-lab")
    entry = {"command": sys.executable, "args": [str(SHOP)]}
    (folder / "mcp.json").write_text(json.dumps({"mcpServers": {"shop": entry}}))
    settings = {
        **settings_for(provider),
        "Lumina.chat_tools": "True",
        "Lumina.mcp_file": str(folder / "mcp.json"),
    }
    with running_lab(folder, collaboration=True, settings=settings, forked=True) as server:
        yield server


@pytest.fixture
def replayed_page(visits: Visits, replayed_lab: LabServer, provider: ReplayedProvider) -> Iterator[LabPage]:
    """A page on the JupyterLab in which `provider` answers; the provider has forgotten earlier tests."""
    provider.forget()
    with visits.page(replayed_lab) as page:
        yield page


@pytest.fixture(scope="module")
def lasting_page(visits: Visits, replayed_lab: LabServer) -> Iterator[LabPage]:
    """A page on the JupyterLab in which `provider` answers, for all tests of a module: it is loaded once."""
    with visits.page(replayed_lab) as page:
        yield page


@pytest.fixture(scope="module")
def plain_page(visits: Visits, plain_lab: LabServer) -> Iterator[LabPage]:
    """A page on a JupyterLab whose notebooks are not shared, for all tests of a module."""
    with visits.page(plain_lab) as page:
        yield page


@pytest.fixture(scope="module", params=["plain", "shared"])
def lab_page(request: pytest.FixtureRequest, visits: Visits) -> Iterator[LabPage]:
    """A page on a JupyterLab for all tests of a module, once without and once with live collaboration."""
    with visits.page(request.getfixturevalue(f"{request.param}_lab")) as page:
        yield page


@pytest.fixture
def chat(lasting_page: LabPage, provider: ReplayedProvider) -> Iterator[ChatPanel]:
    """The chat panel on a notebook of its own; the provider has forgotten earlier tests."""
    provider.forget()
    name = next(_NOTEBOOKS)
    lasting_page.turn_to(name, ["import pandas as pd\ndf = pd.DataFrame({'a': [1]})", "1 / 0"])
    panel = ChatPanel(lasting_page, name)
    panel.open()
    yield panel
    assert lasting_page.errors == []
