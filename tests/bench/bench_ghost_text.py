"""Ghost text in a real browser with the embedded model: how soon it comes, and what a key press costs.

The first suggestion is timed from the last key press to the ghost text in the page, the pause that
ghost text waits for included. A key press is timed from its event to the end of all that it sets off at
once, with ghost text on and off in turns, in the same cell.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_data_dir
from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as NotInTime

from tests.e2e.conftest import FLAGS
from tests.e2e.page import LabPage
from tests.e2e.server import running_lab

_MODELS = Path(os.environ.get("LUMINA_TEST_MODELS") or Path(jupyter_data_dir()) / "lumina" / "models")
_CELLS = [
    "import numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt",
    "sales = pd.read_csv('sales.csv', parse_dates=['date'])\nsales = sales.dropna(subset=['amount'])",
    "monthly = sales.groupby(sales.date.dt.to_period('M')).amount.sum()\nmonthly.plot(kind='bar')",
    "def growth(values):\n    return values.pct_change().fillna(0.0)\n\ngrowth(monthly).describe()",
]
_TYPED = (
    "best = monthly.sort_",
    "x = np.lins",
    "fig, ax = plt.sub",
    "sales['year'] = sales.date.dt.",
    "for month, amount in monthly.",
    "total = sales.amount.",
    "weekly = sales.groupby(sales.date.dt.to_period('W')).",
    "print(growth(",
    "sales.to_",
    "mean = np.",
    "top = sales.nlar",
    "cities = sales.city.uni",
)
_PROSE = "values = [row.amount * rate for row in table if row.amount > limit]  # "
_ROUNDS = 6
_DELAY = 45
_WATCH = """
() => {
  window.__keys = []; window.__last = 0; window.__shown = 0;
  const channel = new MessageChannel();
  let at = 0;
  channel.port1.onmessage = () => window.__keys.push(performance.now() - at);
  window.addEventListener('keydown', () => {
    at = window.__last = performance.now(); window.__shown = 0; channel.port2.postMessage(0);
  }, true);
  new MutationObserver(() => {
    const ghost = document.querySelector('.jp-GhostText:not(.jp-GhostText-lineSpacer, .jp-GhostText-letterSpacer)');
    if (ghost && ghost.textContent && !window.__shown) { window.__shown = performance.now(); }
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}
"""


def main() -> None:
    """Print each figure as `name value unit`.

    Raises:
        SystemExit: when there is no Chromium.
    """
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("This needs Chromium.")
    settings = {"Lumina.models_dir": str(_MODELS), "Lumina.embedded_model": "qwen2.5-coder-0.5b", **_more()}
    with (
        tempfile.TemporaryDirectory() as folder,
        running_lab(Path(folder), collaboration=False, settings=settings) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        page = LabPage(browser.new_page(viewport={"width": 1200, "height": 800}), server)
        page.open_notebook("bench.ipynb", [*_CELLS, ""])
        page.page.evaluate(_WATCH)
        first = _first_suggestions(page)
        print(f"ghost_text_first_cold {first[0]:.0f} ms")
        print(f"ghost_text_first {statistics.median(first[1:]):.0f} ms")
        print(f"ghost_text_first_p90 {_percentile(first[1:], 0.9):.0f} ms")
        on, off = _key_presses(page)
        for name, times in (("on", on), ("off", off)):
            print(f"ghost_text_key_{name}_median {statistics.median(times):.2f} ms")
            print(f"ghost_text_key_{name}_p95 {_percentile(times, 0.95):.2f} ms")
        print(f"ghost_text_key_p95_difference {_percentile(on, 0.95) - _percentile(off, 0.95):.2f} ms")
        browser.close()


def _more() -> dict[str, str]:
    """Settings of JupyterLab for a build of the extension that is not the installed one."""
    found = os.environ.get("LUMINA_BENCH_LABEXTENSIONS", "")
    return {"LabApp.extra_labextensions_path": found} if found else {}


def _first_suggestions(page: LabPage) -> list[float]:
    """Milliseconds from the last key to the ghost text, one for each text that got one."""
    times: list[float] = []
    for text in _TYPED:
        _empty(page, len(_CELLS))
        page.page.keyboard.type(text, delay=90)
        page.page.wait_for_timeout(200)
        try:
            page.page.wait_for_function("() => window.__shown", timeout=20_000 if not times else 3_000)
        except NotInTime:  # the model has nothing to say here
            continue
        times.append(float(page.page.evaluate("() => window.__shown - window.__last")))
    return times


def _key_presses(page: LabPage) -> tuple[list[float], list[float]]:
    """Milliseconds that each key press took, with ghost text and without."""
    on: list[float] = []
    off: list[float] = []
    for number in range(2 * _ROUNDS):
        _empty(page, len(_CELLS))
        page.page.evaluate("() => { window.__keys = []; }")
        page.page.keyboard.type(f"{_PROSE}{number}", delay=_DELAY)
        page.page.wait_for_timeout(300)
        times: list[float] = page.page.evaluate("() => window.__keys")
        (off if number % 2 else on).extend(times)
        _toggle(page.page)
    return on, off


def _empty(page: LabPage, index: int) -> None:
    page.cell(index).locator(".cm-content").click()
    page.page.keyboard.press("Control+a")
    page.page.keyboard.press("Delete")


def _toggle(page: Page) -> None:
    page.evaluate("async () => { await window.jupyterapp.commands.execute('lumina:ghost-text-toggle'); }")
    page.wait_for_timeout(500)


def _percentile(values: list[Any], share: float) -> float:
    return float(sorted(values)[min(len(values) - 1, int(share * len(values)))])


if __name__ == "__main__":
    main()
