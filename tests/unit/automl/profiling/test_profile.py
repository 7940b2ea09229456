"""A profile names what is wrong with a table, says what becomes of it, and reads everywhere."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lumina_jupyter.automl import profile
from lumina_jupyter.automl.profiling import Profile
from lumina_jupyter.errors import DataUnusable

ROWS = 1_000
RANDOM = np.random.default_rng(5)


def table(seed: int = 0, **columns: Any) -> pd.DataFrame:
    """A table with nothing wrong: three columns of numbers of which two tell the class."""
    random = np.random.default_rng(seed)
    made = pd.DataFrame({name: random.normal(size=ROWS) for name in ("a", "b", "c")})
    made["y"] = np.where(made["a"] + made["b"] + random.normal(0, 0.5, ROWS) > 0, "yes", "no")
    return made.assign(**columns)


def kinds(found: Profile) -> dict[str, str]:
    return {each.kind: each.severity for each in found.findings}


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert profile(table(), "y").findings == ()
    assert profile(table(), "y", test=table(1)).findings == ()


@pytest.mark.parametrize(
    ("columns", "kind", "severity", "says"),
    [
        ({"x": [None] * 900 + [1.0, 2.0] * 50}, "missing", "warning", "1 column is mostly missing: 'x' (90.0 %)"),
        ({"x": [None] * 10 + [1.0, 2.0] * 495}, "missing", "info", "'x' (1.0 %)"),
        ({"x": 3}, "constant", "info", "1 column has the same value everywhere (0 without any value): 'x'"),
        ({"x": None}, "constant", "info", "1 without any value"),
        (
            {"row_id": RANDOM.permutation(ROWS)},
            "identifier",
            "info",
            "'row_id': Every row has a whole number of its own",
        ),
        ({"x": RANDOM.choice(np.arange(60), ROWS).astype(str)}, "types", "info", "Numbers in text"),
        ({"x": [f"k{number % 90}" for number in range(ROWS)]}, "many categories", "info", "'x' (90)"),
        ({"x": [1.0, "one", 2.5, "two"] * 250}, "mixed", "warning", "Numbers and words are mixed in 'x'"),
        ({"x": np.append(RANDOM.normal(size=ROWS - 1), np.inf)}, "infinite", "warning", "'x' (1 row)"),
        ({"x": np.append(RANDOM.normal(size=ROWS - 1), 1e6)}, "outliers", "info", "'x' (1e+06)"),
        (
            {"x": np.where(RANDOM.random(ROWS) < 0.1, -999, RANDOM.integers(0, 80, ROWS))},
            "stand-ins",
            "warning",
            "-999 in 'x'",
        ),
        ({"x": np.where(RANDOM.random(ROWS) < 0.1, "?", "b")}, "stand-ins", "warning", "'?' in 'x'"),
        ({"when": pd.date_range("2024-01-01", periods=ROWS)}, "time order", "info", "'when' says when each row was"),
        ({"user_id": RANDOM.integers(0, 200, ROWS)}, "groups", "info", "'user_id' names"),
    ],
)
def test_what_is_wrong_with_a_column_is_named(columns: Any, kind: str, severity: str, says: str) -> None:
    found = profile(table(**columns), "y").of(kind)
    assert [each.severity for each in found] == [severity]
    assert says in found[0].text
    assert found[0].columns == tuple(columns)
    assert found[0].action


def test_columns_that_say_the_same_are_named_together() -> None:
    frame = table()
    frame = frame.assign(twin=frame["a"] * 2 + 1, other=np.where(frame["b"] > 0, "high", "low"))
    frame["third"] = frame["other"].map({"high": "H", "low": "L"})
    assert {each.columns for each in profile(frame, "y").of("same columns")} == {("a", "twin"), ("other", "third")}


def test_rows_that_repeat_or_contradict_others_are_counted() -> None:
    frame = table()
    twins = pd.concat(
        [frame, frame.iloc[:30], frame.iloc[30:34].assign(y=lambda x: x["y"].map({"yes": "no", "no": "yes"}))]
    )
    found = profile(twins, "y")
    assert found.of("duplicates")[0].evidence["rows"] == 30
    assert found.of("duplicates")[0].severity == "warning"
    contradictions = found.of("contradictions")[0]
    assert contradictions.evidence["rows"] == 8
    assert set(contradictions.evidence["positions"]) == {30, 31, 32, 33, 1030, 1031, 1032, 1033}


def test_labels_that_are_likely_wrong_are_found_at_their_rows() -> None:
    frame = table()
    frame["y"] = np.where(frame["a"] + frame["b"] > 0, "yes", "no")
    far = np.flatnonzero((frame["a"] + frame["b"]).abs() > 1.5)[:25]
    frame.loc[far, "y"] = np.where(frame.loc[far, "y"] == "yes", "no", "yes")
    frame.loc[0, "y"] = None
    found = profile(frame, "y").of("label noise")[0]
    assert found.severity == "warning"
    assert len(set(found.evidence["positions"]) & set(far.tolist())) >= 10
    hard = table().assign(y=np.random.default_rng(9).choice(["yes", "no"], ROWS, p=[0.06, 0.94]))
    assert not profile(hard, "y").of("label noise"), "rows that are hard to tell are not wrong"


def test_rare_classes_and_long_tails_are_told() -> None:
    rare = profile(table(y=["rare"] * 8 + ["usual"] * (ROWS - 8)), "y").of("imbalance")[0]
    assert rare.severity == "warning"
    assert "'rare' 0.8 % (8 rows)" in rare.text
    assert kinds(profile(table(y=np.random.default_rng(9).lognormal(0, 2, ROWS)), "y")) == {"long tail": "info"}


def test_a_test_table_that_differs_is_compared() -> None:
    train, tested = table(), table(1)
    tested["a"] += 2.0
    found = profile(train, "y", test=tested.assign(y=lambda x: np.where(x["b"] > 2.0, "yes", "no")))
    assert found.of("drift")[0].severity == "warning"
    assert found.of("drift")[0].columns == ("a",)
    assert found.of("drift")[0].evidence["told_apart"] > 0.8
    assert "The share of" in found.of("target drift")[0].text
    shared = profile(train, "y", test=pd.concat([table(2), train.iloc[:50]]))
    assert shared.of("overlap")[0].severity == "serious"
    assert shared.of("overlap")[0].evidence == {"rows": 50, "share": 0.0476, "positions": list(range(1000, 1020))}
    assert profile(train, "y", test=tested.drop(columns="c")).of("columns gone")[0].columns == ("c",)


def test_later_rows_that_differ_are_told() -> None:
    frame = table(day=np.arange(ROWS))
    frame.loc[700:, "a"] += 3.0
    found = profile(frame, "y").of("drift")[0]
    assert found.columns[0] == "a"
    assert "The last quarter of the rows differs" in found.text


def test_a_target_that_cannot_be_learned_is_a_finding_and_no_error() -> None:
    for y in ("same", None):
        found = profile(table(y=y), "y")
        assert found.findings[0].severity == "serious"
        assert found.findings[0].action == "Refuses to train."
        assert found.task is None
    gone = profile(table(y=[None] * 10 + ["u", "v"] * 495), "y")
    assert "10 of 1,000 rows are left out" in gone.of("target")[0].text
    with pytest.raises(DataUnusable, match="no column 'price'"):
        profile(table(), "price")


@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame({"a": [1], "y": [2]}),
        pd.DataFrame({"y": [1.5, 2.5, 3.5]}).assign(a=None),
        pd.DataFrame([[1, 2, "ü"], [3, 4, "y"]], columns=["x", "x", "y"]),
        pd.DataFrame({"ключ": [[1], {"a": 1}, None, b"x", 2.5, "z"], "y": [1, 2, 3, 4, 5, 6.5]}),
        pd.DataFrame({"a": [np.inf, -np.inf] * 20, "y": [0, 1] * 20}),
        pd.DataFrame(RANDOM.normal(size=(40, 2_000))).rename(columns=str).assign(y=RANDOM.normal(size=40)),
    ],
    ids=["one row", "all missing", "names twice", "odd cells", "infinite", "wide"],
)
def test_no_table_is_too_odd_to_be_looked_at(data: pd.DataFrame) -> None:
    found = profile(data, "y")
    assert found.findings
    assert json.loads(json.dumps(found.to_dict()))["rows"] == len(data)
    assert profile(data).task is None


class Tags(HTMLParser):
    """What tags a page has, all of them closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_it_reads_as_text_and_as_a_page_without_script_in_the_colours_of_the_page() -> None:
    name = "<img src=x onerror=alert(1)>"
    found = profile(table().assign(**{name: 1, "half": [None] * 600 + [1.0, 2.0] * 200}), "y")
    page = found._repr_html_()
    tags = Tags()
    tags.feed(page)
    assert not tags.open
    assert tags.seen <= {
        "div",
        "p",
        "b",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "span",
        "br",
        "small",
        "details",
        "summary",
    }
    assert "color" not in page
    assert "&lt;img src=x" in page
    text = repr(found)
    assert text.startswith(
        "1,000 rows, 5 columns (4 numbers, 1 constant); binary of 'y'\n\nWarnings\n⚠ 1 column is mostly missing"
    )
    assert "    AutoML: Leaves them out." in text
