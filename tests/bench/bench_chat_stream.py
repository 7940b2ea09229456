"""How the chat panel keeps up with a streamed answer, in a real browser, as `name value unit`.

- `chat_first_token`: from the provider's sending of an answer's first piece (a millisecond before the
  server has it) to the screen, over many short answers.
- `chat_piece`: the same for every stamped piece of one answer of 5,000 tokens at 100 tokens a second.
- `chat_updates_most` (per second), `chat_long_tasks` (longer than 50 ms) and `chat_longest_task` while that answer streams.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.bench.stamped_provider import OBSERVER, print_percentiles, stamped_provider
from tests.e2e.conftest import FLAGS
from tests.e2e.page import LabPage
from tests.e2e.server import running_lab

QUESTIONS = 40
TOKENS = 5_000
TOKENS_PER_SECOND = 100
PANEL = ".jp-LuminaChat"
WORDS = ["the", "**quick**", "brown", "fox", "`jumps`", "over", "the", "lazy", "dog", "and", "$x^2$", "is", "fine"]
TABLE = "| name | value |\n|---|---|\n| one | 1 |\n| two | 2 |\n\n"
CODE = "```python\nimport pandas as pd\nframe = pd.DataFrame({'a': [1, 2, 3]})\nframe.describe()\n```\n\n"

# Long tasks are Chromium's own measure; an update is a frame in which something of the panel changed.
WATCH = """(root) => {
  window.__tasks = [];
  window.__updates = {};
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) { window.__tasks.push(entry.duration); }
  }).observe({type: 'longtask', buffered: false});
  let pending = false;
  new MutationObserver(() => {
    if (pending) { return; }
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      const second = Math.floor(performance.now() / 1000);
      window.__updates[second] = (window.__updates[second] || 0) + 1;
    });
  }).observe(document.querySelector(root), {subtree: true, childList: true, characterData: true});
}"""


def tokens() -> Iterator[str]:
    """The long answer: paragraphs, now and then a table or a code block, a word a piece."""
    chosen = random.Random(0)
    for number in range(TOKENS):
        end = "\n\n" if number % 60 == 59 else " "
        yield chosen.choice(WORDS) + end
        if number % 600 == 599:
            yield CODE if number % 1200 == 599 else TABLE


def ask(page: LabPage, text: str) -> None:
    """Ask in the panel."""
    box = page.page.locator(f"{PANEL}-input")
    box.fill(text)
    box.press("Enter")


def wait_for_end(page: LabPage, *, seconds: float) -> None:
    """Wait until nothing is being answered."""
    expect(page.page.locator(f"{PANEL}-answer[aria-busy=true]")).to_have_count(0, timeout=seconds * 1000)


@contextmanager
def opened(browser: Browser, server_url: str, folder: Path) -> Iterator[LabPage]:
    """A fresh JupyterLab with the panel open beside a notebook."""
    settings = {
        "Lumina.endpoints": json.dumps({"lab": {"base_url": server_url}}),
        "Lumina.default_model": "lab/m",
        "Lumina.ollama_url": "",
    }
    with running_lab(folder, collaboration=False, settings=settings) as server:
        context = browser.new_context(viewport={"width": 1400, "height": 900})
        page = LabPage(context.new_page(), server)
        page.open_notebook("chat.ipynb", ["1 + 1"])
        page.command("lumina:open-chat")
        expect(page.page.locator(f"{PANEL}-input")).to_be_enabled()
        yield page
        context.close()


def first_tokens(browser: Browser, folder: Path) -> list[float]:
    """Ask many short questions; how late each answer's first piece was on the screen, in milliseconds."""
    firsts: list[float] = []
    with (
        stamped_provider(["one ", "two ", "three "], per_second=10, stamp_every=3) as provider,
        opened(browser, provider.url, folder) as page,
    ):
        page.page.evaluate(OBSERVER, PANEL)
        for number in range(QUESTIONS):
            known = page.page.evaluate("() => Object.keys(window.__lags)")
            ask(page, f"Question {number}")
            page.page.wait_for_function("count => Object.keys(window.__lags).length > count", arg=len(known))
            wait_for_end(page, seconds=30)
            lags = page.page.evaluate("() => window.__lags")
            firsts += [float(lag) for stamp, lag in lags.items() if stamp not in known]
    return firsts


def long_answer(browser: Browser, folder: Path) -> None:
    """Stream the long answer and print what the browser did meanwhile."""
    with (
        stamped_provider(list(tokens()), per_second=TOKENS_PER_SECOND, stamp_every=10) as provider,
        opened(browser, provider.url, folder) as page,
    ):
        page.page.evaluate(OBSERVER, PANEL)
        page.page.evaluate(WATCH, PANEL)
        ask(page, "Write on.")
        page.page.wait_for_function("() => Object.keys(window.__lags).length > 0")
        wait_for_end(page, seconds=2 * TOKENS / TOKENS_PER_SECOND + 30)
        lags = page.page.evaluate("() => window.__lags")
        tasks = page.page.evaluate("() => window.__tasks")
        updates = page.page.evaluate("() => Object.values(window.__updates)")
    assert len(lags) >= 0.95 * TOKENS / 10, f"only {len(lags)} stamps were seen"
    print_percentiles("chat_piece", [float(lag) for lag in lags.values()])
    print(f"chat_updates_most {max(updates)} 1/s")
    print(f"chat_long_tasks {sum(task > 50 for task in tasks)} tasks")
    print(f"chat_longest_task {max(tasks, default=0.0):.0f} ms")


def main() -> None:
    """Measure both."""
    chromium = os.environ.get("LUMINA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("chat_stream skipped: there is no Chromium")
        return
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        print_percentiles("chat_first_token", first_tokens(browser, Path(scratch) / "short"))
        long_answer(browser, Path(scratch) / "long")
        browser.close()


if __name__ == "__main__":
    main()
