"""How long the chat panel takes to stop an answer, and with a conversation of 10,000 messages, as `name value unit`.

- `chat_stop_shown`: from the click on Stop to the answer being shown as stopped; `chat_stop_closed`: to the provider's
  connection being closed.
- `chat_open_first`: from the click on a conversation of 5,000 questions and answers to its last turn on the screen;
  `chat_open_longest_task` until it has come to rest.
- `chat_scroll_longest_task` and `chat_scroll_long_tasks` (longer than 50 ms) while the wheel turns for 400 times.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.bench.bench_chat_stream import PANEL, ask, opened, wait_for_end
from tests.bench.stamped_provider import print_percentiles, stamped_provider
from tests.e2e.chat import SCROLLER, ChatPanel, conversation_of
from tests.e2e.conftest import FLAGS

STOPS = 20
QUESTIONS = 5_000
TURNS_OF_THE_WHEEL = 400

# Unix milliseconds of the last click, and of each thing that was waited for.
CLOCK = """() => {
  window.__now = () => performance.timeOrigin + performance.now();
  document.addEventListener('click', () => { window.__clicked = window.__now(); }, {capture: true});
  window.__tasks = [];
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) { window.__tasks.push(entry.duration); }
  }).observe({type: 'longtask', buffered: false});
}"""
SEEN = """([root, text]) => new Promise(resolve => {
  const look = () => {
    const turns = [...document.querySelectorAll(`${root}-turn`)];
    if (!turns.at(-1)?.textContent.includes(text)) { return false; }
    observer.disconnect();
    requestAnimationFrame(() => resolve(window.__now()));
    return true;
  };
  const observer = new MutationObserver(look);
  observer.observe(document.querySelector(root), {subtree: true, childList: true, characterData: true});
  look();
})"""


def stops(browser: Browser, folder: Path) -> None:
    """Stop many answers in the middle."""
    shown: list[float] = []
    closed: list[float] = []
    pieces = ["word "] * 3_000
    with (
        stamped_provider(pieces, per_second=100, stamp_every=len(pieces)) as provider,
        opened(browser, provider.url, folder) as lab,
    ):
        page = lab.page
        page.evaluate(CLOCK)
        for number in range(STOPS):
            ask(lab, f"Question {number}")
            answer = page.locator(f"{PANEL}-answer").last
            expect(answer).to_contain_text("word word word")
            page.evaluate(f"() => {{ window.__seen = ({SEEN})({[PANEL, 'Stopped.']}); }}")
            page.locator(f"{PANEL}-stop").click()
            stopped = page.evaluate("() => window.__seen")
            clicked = page.evaluate("() => window.__clicked")
            shown.append(stopped - clicked)
            deadline = time.monotonic() + 10
            # Whoever asks for the provider's models leaves, too, at other times.
            while not (left := [1000 * at - clicked for at in list(provider.left) if 1000 * at > clicked]):
                assert time.monotonic() < deadline, "the provider was never hung up on"
                time.sleep(0.01)
            closed.append(left[0])
            wait_for_end(lab, seconds=10)
            page.locator(f"{PANEL}-header").get_by_role("button", name="New conversation").click()
            expect(page.locator(f"{PANEL}-turn")).to_have_count(0)
    print_percentiles("chat_stop_shown", shown)
    print_percentiles("chat_stop_closed", closed)


def long_conversation(browser: Browser, folder: Path) -> None:
    """Open a long conversation, and scroll in it."""
    with (
        stamped_provider(["word "], per_second=100) as provider,
        opened(browser, provider.url, folder) as lab,
    ):
        page = lab.page
        chat = ChatPanel(lab, "chat.ipynb")
        title = chat.bring_in(conversation_of(QUESTIONS), look=False)
        page.evaluate(CLOCK)
        row = chat.conversations().filter(has_text=title)
        expect(row).to_be_visible()
        seen = f"({SEEN})({[PANEL, f'Answer {QUESTIONS}.']})"
        page.evaluate(f"() => {{ window.__tasks.length = 0; window.__seen = {seen}; }}")
        row.click()
        first = page.evaluate("() => window.__seen") - page.evaluate("() => window.__clicked")
        chat.expect_the_end()
        opening = page.evaluate("() => window.__tasks.splice(0)")
        page.locator(SCROLLER).hover()
        for turn in range(TURNS_OF_THE_WHEEL):
            # Up, and now and then far up at once.
            page.mouse.wheel(0, -20_000 if turn % 50 == 49 else -400)
            page.wait_for_timeout(16)
        chat.come_to_rest()
        scrolling = page.evaluate("() => window.__tasks.splice(0)")
    print(f"chat_open_first {first:.0f} ms")
    print(f"chat_open_longest_task {max(opening, default=0.0):.0f} ms")
    print(f"chat_scroll_longest_task {max(scrolling, default=0.0):.0f} ms")
    print(f"chat_scroll_long_tasks {sum(task > 50 for task in scrolling)} tasks")


def main() -> None:
    """Measure both."""
    chromium = os.environ.get("LUMINA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("chat_panel skipped: there is no Chromium")
        return
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        stops(browser, Path(scratch) / "stops")
        long_conversation(browser, Path(scratch) / "long")
        browser.close()


if __name__ == "__main__":
    main()
