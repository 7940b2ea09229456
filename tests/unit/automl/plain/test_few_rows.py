"""One row, or a few in any order, are predicted as they are within their table, and as scikit-learn's own parts would."""

from __future__ import annotations

import os
from copy import deepcopy
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils._openmp_helpers import _openmp_effective_n_threads

from lumina_jupyter.automl.candidate import Candidate
from lumina_jupyter.automl.families.family import Encoding
from lumina_jupyter.automl.pipeline.features import make_features
from lumina_jupyter.automl.pipeline.pipeline import build_pipeline, fit_pipeline, reader_columns, shape_of, share_steps
from lumina_jupyter.automl.plain.blend import FEW_ROWS, Blend
from lumina_jupyter.automl.plain.column_blocks import ColumnBlocks
from lumina_jupyter.automl.plain.fold_average import FoldAverage
from lumina_jupyter.automl.plain.table_reader import TableReader
from lumina_jupyter.automl.plain.text_vectors import TextVectors
from lumina_jupyter.automl.tables.frames import align, read_table
from lumina_jupyter.automl.tables.schema import infer_schema
from lumina_jupyter.automl.task import Task

ROWS = 160
RANDOM = np.random.default_rng(3)
TEXTS = ["a red house", "the sea and the sky", "noisy room by the sea", "clean room", None, "a lovely view"]
TABLE = pd.DataFrame(
    {
        "size": RANDOM.normal(size=ROWS),
        "rooms": pd.Series(RANDOM.integers(0, 9, ROWS)).astype("Int64").where(pd.Series(RANDOM.random(ROWS) > 0.1)),
        "city": RANDOM.choice([f"city {number}" for number in range(30)], ROWS),
        "kind": pd.Series(RANDOM.choice(["a", "b", ""], ROWS)).astype("category"),
        "price": [f"{value:,.2f} €" for value in RANDOM.lognormal(7, 1, ROWS)],
        "open": RANDOM.random(ROWS) > 0.5,
        "since": pd.to_datetime("2020-01-01") + pd.to_timedelta(RANDOM.integers(0, 2000, ROWS), unit="D"),
        "note": [f"{TEXTS[number % 6]} {number % 7}" if TEXTS[number % 6] else None for number in range(ROWS)],
    }
)
TARGET = ((TABLE["size"] + RANDOM.normal(size=ROWS)) > 0).astype(int).to_numpy()
TASK = Task(kind="binary", target="sold", classes=("no", "yes"))
FRAME = read_table(TABLE).frame
SCHEMA = infer_schema(FRAME, {"note": "text"})
ENCODINGS: tuple[Encoding, ...] = ("native", "ordinal", "scaled", "wide")
ODD: dict[str, list[Any]] = {
    "size": [None, np.nan, np.inf, -1e300, 3],
    "rooms": [None, 4, 1e9],
    "city": ["nowhere", "", None, "city 1", "\u00e9"],
    "kind": ["b", "never seen", None],
    "price": ["free", None, "1,000,000", "-3"],
    "open": [True, None],
    "since": [None, pd.Timestamp("1950-01-01")],
    "note": ["", "words that nobody wrote", None, "sea " * 50],
}


def later_rows() -> Any:
    """Some rows of the table, some of their cells replaced by what it never held; columns in any order, one more there."""
    cell = some.sampled_from([(name, value) for name, values in ODD.items() for value in values])
    return some.tuples(
        some.lists(some.integers(0, ROWS - 1), min_size=1, max_size=4),
        some.lists(some.tuples(some.integers(0, 3), cell), max_size=6),
        some.permutations([*TABLE.columns, "other"]),
    ).map(lambda drawn: _changed(*drawn))


def _changed(rows: list[int], cells: list[Any], order: list[str]) -> pd.DataFrame:
    frame = TABLE.iloc[rows].astype(object).assign(other=1).reset_index(drop=True)
    for row, (name, value) in cells:
        frame.loc[row % len(rows), name] = value
    return frame[order]


def model_of(family: str, params: dict[str, Any], rows: Any) -> Any:
    candidate = Candidate(family=family, params=params)
    pipeline = build_pipeline(candidate, TASK, SCHEMA, shape_of(SCHEMA, TASK, len(rows)), iterations=5)
    fit_pipeline(pipeline, candidate, FRAME.iloc[rows], TARGET[rows])
    return pipeline


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Any, Any]]:
    """Two folds of three candidates; two of them have equal features."""
    candidates: list[tuple[str, dict[str, Any]]] = [
        ("lightgbm", {}),
        ("lightgbm", {"leaves": 4}),
        ("linear", {"numbers": "pieces"}),
    ]
    folds = [np.arange(0, ROWS - 30), np.arange(30, ROWS)]
    return [(model_of(*candidate, folds[0]), model_of(*candidate, folds[1])) for candidate in candidates]


@given(later_rows())
@settings(max_examples=15, deadline=None)
def test_a_row_is_predicted_alone_as_among_others(pairs: list[tuple[Any, Any]], later: pd.DataFrame) -> None:
    blend = Blend.of_fitted([FoldAverage.of_fitted(pair, classes=2) for pair in pairs], [0.2, 0.5, 0.3])
    rows = align(read_table(later), SCHEMA).frame
    together = blend.predict_proba(rows)
    table = pd.concat([later, TABLE.iloc[:30].assign(other=2).astype(object)])
    among = blend.predict_proba(align(read_table(table), SCHEMA).frame)[: len(later)]
    # Not always to the last bit: a product of matrices adds in another order than one of a single row.
    np.testing.assert_allclose(together, among, rtol=1e-12)
    alone = blend.predict_proba(align(read_table(later.iloc[[-1]]), SCHEMA).frame)
    np.testing.assert_allclose(alone[0], together[-1], rtol=1e-12)


def test_steps_in_common_are_done_once_and_change_no_prediction(
    pairs: list[tuple[Any, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = align(read_table(_changed([1, 5], [(0, ("city", None))], list(TABLE.columns))), SCHEMA).frame
    mean = sum((first.predict_proba(rows) + second.predict_proba(rows)) / 2 * 0.25 for first, second in pairs)
    copies = deepcopy(pairs)
    share_steps((f"{fold} {at != 2}", pair[fold]) for at, pair in enumerate(copies) for fold in (0, 1))
    (first, other), (same, _), (third, _) = copies
    assert first.steps[1][1] is same.steps[1][1]
    assert first.steps[1][1] is not other.steps[1][1]
    assert first.steps[1][1] is not third.steps[1][1]
    assert first.steps[0][1] is other.steps[0][1] is third.steps[0][1]
    blend = Blend.of_fitted([FoldAverage.of_fitted(pair, classes=2) for pair in copies], [0.25] * 3)
    np.testing.assert_allclose(blend.predict_proba(rows), mean, rtol=1e-15)
    asked = []
    reader = first.steps[0][1]

    def transform(table: pd.DataFrame) -> Any:
        asked.append(len(table))
        return TableReader.transform(reader, table)

    reader.transform = transform
    monkeypatch.setattr("lumina_jupyter.automl.plain.blend.ROWS_AT_ONCE", 3)
    many = pd.concat([rows] * 4).reset_index(drop=True)
    np.testing.assert_allclose(blend.predict_proba(many)[-2:], mean, rtol=1e-12)
    assert asked == [3, 3, 2]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_blocks_are_those_of_a_column_transformer(encoding: Encoding) -> None:
    reader = TableReader(reader_columns(SCHEMA))
    table = reader.fit_transform(FRAME)
    blocks: ColumnBlocks = make_features(encoding, {}, TASK, SCHEMA, 0)
    known = ColumnTransformer(
        [(name, each, columns) for name, each, columns in blocks.parts], remainder=blocks.numbers, sparse_threshold=0.3
    )
    seen = blocks.fit_transform(table, TARGET)
    _same(seen, known.fit_transform(table, TARGET))
    rows = _changed([3, 7, 9], [(0, ("city", "nowhere")), (1, ("kind", None)), (2, ("note", ""))], list(TABLE.columns))
    later = reader.transform(align(read_table(rows), SCHEMA).frame)
    _same(blocks.transform(later), known.transform(later))
    assert len(blocks.get_feature_names_out()) == seen.shape[1]


def _same(found: Any, expected: Any) -> None:
    assert hasattr(found, "toarray") == hasattr(expected, "toarray")
    dense = [each.toarray() if hasattr(each, "toarray") else each for each in (found, expected)]
    np.testing.assert_array_equal(*dense)


@pytest.mark.parametrize("kind", [ExtraTreesClassifier, RandomForestClassifier, RandomForestRegressor])
def test_forests_are_asked_tree_by_tree_with_the_same_result(kind: Any) -> None:
    features = np.random.default_rng(1).normal(size=(80, 3))
    target = np.digitize(features[:, 0], [-0.5, 0.5])
    forest = kind(30, random_state=0).fit(features, target)
    classes = 3 * hasattr(forest, "predict_proba")
    average = FoldAverage.of_fitted([forest], classes=classes)
    if classes:
        np.testing.assert_array_equal(average.predict_proba(features), forest.predict_proba(features))
    np.testing.assert_array_equal(average.predict(features), forest.predict(features))


def test_weights_of_words_are_those_of_tf_idf() -> None:
    texts = FRAME["note"].fillna("").tolist()
    settings = {"token_pattern": r"(?u)\b\w+\b", "ngram_range": (1, 2), "min_df": 2, "sublinear_tf": True}
    known = TfidfVectorizer(**settings).fit(texts)
    seen = TextVectors(0, max_pieces=0).fit(FRAME[["note"]])
    for rows in (texts, ["the sea the sea", "nothing known", ""]):
        weights = seen.transform(pd.DataFrame({"note": rows}))
        np.testing.assert_allclose(weights.toarray(), known.transform(rows).toarray())


class CountsThreads:
    """A model that says how many threads of OpenMP it may use."""

    def predict(self, X: Any) -> Any:
        """One number for all rows."""
        return np.full(len(X), float(_openmp_effective_n_threads()))


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="One core has one thread.")
def test_one_thread_predicts_few_rows_and_many_as_many_as_there_are() -> None:
    """Where the machine is busy a team of threads takes a second for what one does in a millisecond."""
    blend = Blend.of_fitted([CountsThreads()], [1.0])
    usual = _openmp_effective_n_threads()
    assert blend.predict(np.zeros((1, 2))) == 1
    assert blend.predict(np.zeros((FEW_ROWS, 2))).max() == 1
    assert blend.predict(np.zeros((FEW_ROWS + 1, 2))).min() == usual
    assert _openmp_effective_n_threads() == usual
