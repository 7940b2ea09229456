"""How late a streamed answer is on the screen of a JupyterLab cell, and how late one growing display is.

A loopback provider streams 22 kB of Markdown at 10 pieces a second; each piece carries the time at
which it was sent. A real browser notes when each first appears. `cell_stream_*` runs from the provider
to the screen, so through the gateway, the server, the kernel and JupyterLab; the peer
(`growing_display_*`) runs from the kernel to the screen only.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.conftest import FLAGS
from tests.e2e.page import LabPage
from tests.e2e.server import running_lab

ANSWER_CHARACTERS = 22_000
UPDATES_PER_SECOND = 10
PIECES = 300
WORDS = ["the", "**quick**", "brown", "fox", "`jumps`", "over", "the", "lazy", "dog", "and", "$x^2$", "is", "fine"]

# Notes for each stamp `@milliseconds@` of the cell's outputs when it was first seen.
OBSERVER = """() => {
  window.__lags = {};
  const stamps = /@(\\d{13})@/g;
  const look = () => {
    const now = performance.timeOrigin + performance.now();
    for (const output of document.querySelectorAll('.jp-NotebookPanel .jp-OutputArea-output')) {
      for (const found of output.textContent.matchAll(stamps)) {
        if (!(found[1] in window.__lags)) { window.__lags[found[1]] = now - Number(found[1]); }
      }
    }
  };
  window.__observer = new MutationObserver(look);
  window.__observer.observe(document.querySelector('.jp-NotebookPanel'),
    {subtree: true, childList: true, characterData: true});
}"""

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


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One chat completion, stamped."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-length"))
    await reader.readexactly(length)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
    began = time.time()
    for number, piece in enumerate(pieces()):
        await asyncio.sleep(max(0.0, began + number / UPDATES_PER_SECOND - time.time()))
        body, end = piece.rstrip(), piece[len(piece.rstrip()) :]
        send(writer, {"content": f"{body} @{int(time.time() * 1000)}@{end}"}, None)
        await writer.drain()
    send(writer, {}, "stop")
    writer.write(b"data: [DONE]\n\n")
    await writer.drain()
    writer.close()


def send(writer: asyncio.StreamWriter, delta: dict[str, str], finish: str | None) -> None:
    """One chunk of a chat completion."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "bench", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}
    writer.write(f"data: {json.dumps(chunk)}\n\n".encode())


@contextmanager
def provider() -> Iterator[str]:
    """The provider in a thread of its own; its base URL."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(answer, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def lags(browser: Browser, folder: Path, base_url: str, *, collaboration: bool, sources: list[str]) -> list[float]:
    """Run the cells in a fresh JupyterLab; milliseconds from sending to the screen, sorted."""
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
        page.page.evaluate(OBSERVER)
        page.run_cell(len(sources) - 1, timeout=180.0)
        expect(page.cell(len(sources) - 1)).to_contain_text("@")
        page.page.wait_for_timeout(3000)
        seen = page.page.evaluate("() => window.__lags")
        context.close()
    assert len(seen) >= PIECES * 0.95, f"only {len(seen)} of {PIECES} pieces were seen"
    return sorted(float(lag) for lag in seen.values())


def report(name: str, values: list[float]) -> None:
    """Print the median and the 95th percentile."""
    print(f"{name}_p50 {values[len(values) // 2]:.0f} ms", flush=True)
    print(f"{name}_p95 {values[int(len(values) * 0.95)]:.0f} ms", flush=True)


def main() -> None:
    """Measure with and without collaboration, and the peer."""
    chromium = os.environ.get("LUMINA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("cell_stream skipped: there is no Chromium")
        return
    ours = ["%load_ext lumina_jupyter", "%%lumina\nWrite on."]
    # The provider first: Playwright keeps an event loop running in this thread.
    with provider() as base_url, sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        for name, collaboration, sources in (
            ("cell_stream", False, ours),
            ("cell_stream_collaboration", True, ours),
            ("growing_display", False, [GROWING]),
        ):
            folder = Path(scratch) / name
            folder.mkdir()
            report(name, lags(browser, folder, base_url, collaboration=collaboration, sources=sources))
        browser.close()


if __name__ == "__main__":
    main()
