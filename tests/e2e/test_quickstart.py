"""The quickstart notebook as a newcomer runs it: in the browser, with the embedded model and nothing else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.e2e.page import DARK, LIGHT, LabPage
from tests.e2e.server import LabServer
from tests.e2e.visits import Visits

QUICKSTART = Path(__file__).resolve().parents[2] / "notebooks" / "quickstart.ipynb"
RUN_TIMEOUT = 240.0


@pytest.fixture
def page(visits: Visits, embedded_lab: LabServer) -> Iterator[LabPage]:
    """A page with room for all of the notebook."""
    shutil.copy(QUICKSTART, embedded_lab.root / "quickstart.ipynb")
    with visits.page(embedded_lab, width=1200, height=3600) as page:
        yield page


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_quickstart_runs_from_top_to_bottom(page: LabPage) -> None:
    page.open("quickstart.ipynb")
    page.wait_for_kernel()
    page.command("notebook:run-all-cells")
    last = page.page.locator(".jp-CodeCell .jp-InputPrompt").last
    expect(last).to_have_text(re.compile(r"\[\d+\]:"), timeout=RUN_TIMEOUT * 1000)
    page.screenshot("quickstart", LIGHT, DARK)
    _check_saved(page.save())
    assert page.errors == []


def _check_saved(notebook: nbformat.NotebookNode) -> None:
    nbformat.validate(notebook)
    answer = next(cell.outputs for cell in notebook.cells if "mean and the median" in cell.source)
    assert answer
    assert all("text/markdown" in output.data and "text/plain" in output.data for output in answer)
    assert any("embedded/qwen2.5-coder-0.5b" in str(output) for output in answer)
    # What `-f code` and `fix` offered stands in cells of their own.
    assert sum("def celsius" in cell.source for cell in notebook.cells if cell.cell_type == "code") == 1
    assert any("sorted(numbers)" in cell.source for cell in notebook.cells if cell.cell_type == "code")
