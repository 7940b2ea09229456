"""How late a streamed answer is on the screen of a JupyterLab cell, and how late one growing display is.

A loopback provider streams 22 kB of Markdown at 10 pieces a second; each piece carries the time at
which it was sent. A real browser notes when each first appears. `cell_stream_*` runs from the provider
to the screen, so through the gateway, the server, the kernel and JupyterLab; the peer
(`growing_display_*`) runs from the kernel to the screen only.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.bench.stamped_provider import OBSERVER, print_percentiles, stamped_provider
from tests.e2e.conftest import FLAGS
from tests.e2e.page import LabPage
from tests.e2e.server import running_lab

ANSWER_CHARACTERS = 22_000
UPDATES_PER_SECOND = 10
PIECES = 300
WORDS = ["the", "**quick**", "brown", "fox", "`jumps`", "over", "the", "lazy", "dog", "and", "$x^2$", "is", "fine"]

OUTPUTS = ".jp-NotebookPanel"

GROWING = f"""
import random, time
from IPython.display import Markdown, display
words = {WORDS!r}
random.seed(0)
text, shown = "", display(Markdown(""), display_id=True)
began = time.time()
for piece in range({PIECES}):
    time.sleep(max(0, began + piece / {UPDATES_PER_SECOND} - time.time()))
    end = "\\n\\n" if piece % 6 == 5 else " "
    text += " ".join(random.choices(words, k=10)) + f" @{{int(time.time() * 1000)}}@" + end
    shown.update(Markdown(text))
print("finished")
"""


def pieces() -> Iterator[str]:
    """The answer: as many pieces, with a paragraph's end after every sixth."""
    chosen = random.Random(0)
    for piece in range(PIECES):
        yield " ".join(chosen.choices(WORDS, k=10)) + ("\n\n" if piece % 6 == 5 else " ")


def lags(browser: Browser, folder: Path, base_url: str, *, collaboration: bool, sources: list[str]) -> list[float]:
    """Run the cells in a fresh JupyterLab; milliseconds from sending to the screen."""
    settings = {
        "Lumina.endpoints": json.dumps({"lab": {"base_url": base_url}}),
        "Lumina.default_model": "lab/m",
    }
    with running_lab(folder, collaboration=collaboration, settings=settings) as server:
        context = browser.new_context(viewport={"width": 1400, "height": 900})
        page = LabPage(context.new_page(), server)
        page.open_notebook("stream.ipynb", sources)
        page.page.wait_for_timeout(1500)
        for index in range(len(sources) - 1):
            page.run_cell(index)
        page.page.evaluate(OBSERVER, OUTPUTS)
        page.run_cell(len(sources) - 1, timeout=180.0)
        expect(page.cell(len(sources) - 1)).to_contain_text("@")
        page.page.wait_for_timeout(3000)
        seen = page.page.evaluate("() => window.__lags")
        context.close()
    assert len(seen) >= PIECES * 0.95, f"only {len(seen)} of {PIECES} pieces were seen"
    return [float(lag) for lag in seen.values()]


def main() -> None:
    """Measure with and without collaboration, and the peer."""
    chromium = os.environ.get("LUMINA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("cell_stream skipped: there is no Chromium")
        return
    ours = ["%load_ext lumina_jupyter", "%%lumina\nWrite on."]
    with (
        stamped_provider(list(pieces()), per_second=UPDATES_PER_SECOND) as provider,
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as scratch,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        for name, collaboration, sources in (
            ("cell_stream", False, ours),
            ("cell_stream_collaboration", True, ours),
            ("growing_display", False, [GROWING]),
        ):
            folder = Path(scratch) / name
            folder.mkdir()
            print_percentiles(name, lags(browser, folder, provider.url, collaboration=collaboration, sources=sources))
        browser.close()


if __name__ == "__main__":
    main()
