"""A search for models in a real JupyterLab: seen while it runs, held and ended by the page, and kept in the notebook."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.accessibility import violations
from tests.e2e.page import DARK, LIGHT, LabPage

SOURCES = (
    "%load_ext lumina_jupyter\nfrom sklearn.datasets import load_breast_cancer\n"
    "table = load_breast_cancer(as_frame=True).frame",
    "%lumina automl table --target target --time 3000 --name cells",
    "best_model.predict(table.drop(columns='target'))[:3].shape, best_model.leaderboard_.shape[0] > 1",
)


def test_a_search_is_held_and_ended_by_the_page(plain_page: LabPage) -> None:
    page = plain_page
    page.open_notebook("models.ipynb", SOURCES)
    page.run_cell(0)
    page.press_in(page.cell(1), "Control+Enter")
    widget = page.cell(1).get_by_role("region", name="Search for models")
    rows = widget.locator("tbody tr")
    expect(rows.filter(has_text="naive")).to_be_visible(timeout=90_000)
    expect(rows.nth(2)).to_be_visible(timeout=90_000)
    expect(widget.get_by_role("status")).to_have_text("Models are trained.")

    # The cell still runs: its kernel hears the page all the same.
    widget.get_by_role("button", name="Pause", exact=True).click()
    expect(widget.get_by_role("status")).to_have_text(re.compile("^Paused"))
    expect(widget).to_contain_text(re.compile(r"Best model: .+ \d+ models? in "))
    page.screenshot("automl-search", DARK, LIGHT)
    assert violations(page.page, ".lumina-search") == []
    widget.get_by_role("button", name="Resume", exact=True).click()
    expect(widget.get_by_role("status")).to_have_text("Going on.")

    widget.get_by_role("button", name="Stop", exact=True).click()
    expect(widget.get_by_role("status")).to_have_text(
        "The search was stopped; the best so far is kept.", timeout=90_000
    )
    expect(widget.get_by_role("button", name="Stop", exact=True)).to_be_hidden()
    expect(page.cell(1)).to_contain_text("best_model predicts", timeout=60_000)
    page.screenshot("automl-search-over")
    expect(page.run_cell(2)).to_contain_text("((3,), True)")

    # A notebook that is read elsewhere shows the leaderboard without a script.
    kept = page.save()["cells"][1]["outputs"]
    html = next(each["data"]["text/html"] for each in kept if "text/html" in each.get("data", {}))
    assert "Histogram" in html or "naive" in html.lower()
