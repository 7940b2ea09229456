from __future__ import annotations

from pathlib import Path

import pandas as pd
from markdown_it import MarkdownIt

from lumina_jupyter.automl.card import Facts, model_card

SPEC = {
    "name": "one",
    "target": "price | <b>*net*</b>",
    "task": "regression",
    "rows": 300,
    "columns": 2,
    "data_hash": "abc",
    "seed": 0,
    "versions": {"python": "3.11"},
    "metric": {"name": "rmse"},
}
TABLE = pd.DataFrame({"metric": ["rmse"], "value": [1.5], "low": [float("nan")], "high": [2]})


def test_names_are_never_taken_for_markup(tmp_path: Path) -> None:
    members = pd.DataFrame({"model": ["<img src=x onerror=alert(1)>|`a`"], "weight": [1.0]})
    card = model_card(Facts(spec=SPEC, scores=TABLE, members=members, validation="5 folds.", warnings=["No *skill*."]))
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(card.markdown)
    for page in (card.html, rendered):
        assert "<b>" not in page
        assert "<img" not in page
        assert "<em>" not in page
        assert "price | &lt;b&gt;*net*" in page
        assert page.count("<td>") == 6
    page = card.save(tmp_path / "card.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.index("Before you trust it") < page.index("How good it is")


def test_few_rows_are_told_of() -> None:
    members = pd.DataFrame({"model": ["a"], "weight": [1.0]})
    card = model_card(Facts(spec=SPEC, scores=TABLE, members=members, validation=""))
    assert "300 rows are few" in card.markdown
    many = model_card(Facts(spec={**SPEC, "rows": 5000}, scores=TABLE, members=members, validation=""))
    assert "are few" not in many.markdown
