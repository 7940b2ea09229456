from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from markdown_it import MarkdownIt

from lumina_jupyter.automl.card.card import Facts, model_card, written
from lumina_jupyter.automl.card.facts import drift_in
from lumina_jupyter.automl.experiment.problem import Problem
from lumina_jupyter.automl.tables.schema import infer_schema
from lumina_jupyter.automl.task import Task
from lumina_jupyter.automl.validation import Fold, Validation, ValidationKind

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
    card = model_card(
        Facts(spec=SPEC, scores=TABLE, held_out=200, members=members, validation="5 folds.", warnings=["No *skill*."])
    )
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
    card = model_card(Facts(spec=SPEC, scores=TABLE, held_out=200, members=members, validation=""))
    assert "300 rows are few" in card.markdown
    many = model_card(Facts(spec={**SPEC, "rows": 5000}, scores=TABLE, held_out=200, members=members, validation=""))
    assert "are few" not in many.markdown


def test_what_people_should_know_first_stands_first() -> None:
    members = pd.DataFrame({"model": ["a"], "weight": [1.0]})
    groups = pd.DataFrame(
        {
            "column": ["city", "city", "age"],
            "group": ["Oslo", "Rome", "1 to 5"],
            "score": [9.5, 1.0, 2.0],
            "gap": [-8.0, 0.7, -0.1],
            "differs": [True, True, False],
        }
    )
    card = model_card(
        Facts(
            spec=SPEC,
            scores=TABLE,
            held_out=200,
            members=members,
            validation="",
            warnings=["A leak."],
            subgroups=groups,
        )
    )
    heading, blocks = card.sections[0]
    assert heading == "Before you trust it"
    (told,) = blocks
    assert told[0] == "A leak."
    assert any("city = Oslo (rmse 9.5)" in str(text) for text in told)
    assert not any("Rome" in str(text) or "age" in str(text) for text in told)


def test_what_moves_over_time_is_told_of() -> None:
    random = np.random.default_rng(0)
    rows = 600
    frame = pd.DataFrame({"price": random.normal(size=rows) + np.arange(rows) / 100, "size": random.normal(size=rows)})
    target = frame["price"].to_numpy() + frame["size"].to_numpy()
    fold = Fold(train=np.arange(400), test=np.arange(400, rows))
    task = Task(kind="regression", target="paid")

    def problem(kind: ValidationKind) -> Problem:
        return Problem(
            features=frame,
            target=target,
            weights=None,
            task=task,
            schema=infer_schema(frame),
            validation=Validation(kind=kind, folds=(fold,)),
        )

    assert any("'price'" in text for text in drift_in(problem("forward")))
    assert drift_in(problem("k-fold")) == []


def test_numbers_have_few_digits() -> None:
    assert [written(each) for each in (0.05734982374982, -59018382.4, 31, "gini", True, float("nan"))] == [
        "0.05735",
        "-59,018,382",
        "31",
        "gini",
        "True",
        "",
    ]
