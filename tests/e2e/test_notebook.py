"""A notebook in the browser: the ground that every other browser test stands on."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.page import LabPage
from tests.e2e.server import LabServer


def test_cells_run_and_the_notebook_is_saved(lab_page: LabPage) -> None:
    name = "sum.ipynb"
    lab_page.open_notebook(name, ["6 * 7", "%load_ext lumina_jupyter"])
    expect(lab_page.run_cell(0)).to_have_text("42")
    expect(lab_page.run_cell(1)).to_have_count(0)
    saved = lab_page.save()
    assert saved.cells[0].outputs[0].data["text/plain"] == "42"
    assert lab_page.errors == []


@pytest.mark.parametrize("kind", ["plain", "shared"])
def test_only_the_shared_lab_shares_notebooks(kind: str, request: pytest.FixtureRequest) -> None:
    server: LabServer = request.getfixturevalue(f"{kind}_lab")
    page = server.text("lab")
    assert ('"disableRTC": false' in page) == (kind == "shared")
