"""How much later JupyterLab stands in the browser with the extension, as `name value unit`.

The same server setup, once with the extension and once with it disabled; a new browser profile (nothing
cached) is opened in turns on a notebook, and what counts is the time until the splash is gone and the notebook's first
cell is there.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.e2e.conftest import FLAGS
from tests.e2e.page import LabPage
from tests.e2e.server import LabServer, running_lab

STARTS = 15
EXTENSION = "lumina-jupyter"


def main() -> None:
    """Start in turns, print the medians and what the extension adds."""
    chromium = os.environ.get("LUMINA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("lab_start skipped: there is no Chromium")
        return
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        labs = {
            name: stack.enter_context(running_lab(scratch / name, collaboration=False)) for name in folders(scratch)
        }
        for server in labs.values():
            start(browser, server)
        times: dict[str, list[float]] = {name: [] for name in labs}
        for turn in range(STARTS):
            for name in sorted(labs, reverse=bool(turn % 2)):
                times[name].append(start(browser, labs[name]))
        browser.close()
    without, with_it = (statistics.median(times[name]) for name in ("without", "with"))
    differences = [one - other for one, other in zip(times["with"], times["without"], strict=True)]
    print(f"lab_start_without {without:.0f} ms")
    print(f"lab_start_with {with_it:.0f} ms")
    print(f"lab_start_added {statistics.median(differences):.0f} ms")


def folders(scratch: Path) -> list[str]:
    """Prepare the two homes; their names."""
    config = scratch / "without" / "home" / ".jupyter" / "labconfig"
    config.mkdir(parents=True)
    (config / "page_config.json").write_text(json.dumps({"disabledExtensions": {EXTENSION: True}}), encoding="utf-8")
    return ["with", "without"]


def start(browser: Browser, server: LabServer) -> float:
    """Open a notebook in a new profile; milliseconds until it is there."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = LabPage(context.new_page(), server)
    page.write_notebook("start.ipynb", ["1 + 1"])
    began = time.perf_counter()
    page.open("start.ipynb")
    page.page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
    took = 1000 * (time.perf_counter() - began)
    assert page.has_plugin(f"{EXTENSION}:status") == (server.home.parent.name == "with")
    context.close()
    return took


if __name__ == "__main__":
    main()
