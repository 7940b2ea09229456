"""The quickstart notebook as a newcomer runs it: in the browser, with the embedded model and nothing else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.page import DARK, LIGHT, LabPage
from tests.e2e.server import LabServer, running_lab

QUICKSTART = Path(__file__).resolve().parents[2] / "notebooks" / "quickstart.ipynb"
RUN_TIMEOUT = 240.0


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[LabServer]:
    settings = {"Lumina.models_dir": str(models_dir), "Lumina.embedded_model": "qwen2.5-coder-0.5b"}
    with running_lab(tmp_path_factory.mktemp("quickstart"), collaboration=True, settings=settings) as server:
        shutil.copy(QUICKSTART, server.root / "quickstart.ipynb")
        yield server


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_quickstart_runs_from_top_to_bottom(lab: LabServer, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 3600})
    page = LabPage(context.new_page(), lab)
    page.open("quickstart.ipynb")
    page.wait_for_kernel()
    page.command("notebook:run-all-cells")
    last = page.page.locator(".jp-CodeCell .jp-InputPrompt").last
    expect(last).to_have_text(re.compile(r"\[\d+\]:"), timeout=RUN_TIMEOUT * 1000)
    for theme in (LIGHT, DARK):
        page.theme(theme)
        page.screenshot(f"quickstart-{theme}")
    _check_saved(page.save())
    assert page.errors == []
    context.close()


def _check_saved(notebook: nbformat.NotebookNode) -> None:
    nbformat.validate(notebook)
    answer = next(cell.outputs for cell in notebook.cells if "mean and the median" in cell.source)
    assert answer
    assert all("text/markdown" in output.data and "text/plain" in output.data for output in answer)
    assert any("embedded/qwen2.5-coder-0.5b" in str(output) for output in answer)
    # What `-f code` and `fix` offered stands in cells of their own.
    assert sum("def celsius" in cell.source for cell in notebook.cells if cell.cell_type == "code") == 1
    assert any("sorted(numbers)" in cell.source for cell in notebook.cells if cell.cell_type == "code")
