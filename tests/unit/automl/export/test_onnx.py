"""Models of every family that can are written as ONNX, and predict there what they predict here."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from lumina_jupyter.automl.candidate import Candidate
from lumina_jupyter.automl.export.onnx.graph import Graph
from lumina_jupyter.automl.export.onnx.models import WRITERS
from lumina_jupyter.automl.export.onnx.writing import feed_of, to_onnx
from lumina_jupyter.automl.families.registry import families_for
from lumina_jupyter.automl.pipeline.pipeline import build_pipeline, fit_pipeline, shape_of
from lumina_jupyter.automl.plain.blend import Blend
from lumina_jupyter.automl.plain.fold_average import FoldAverage
from lumina_jupyter.automl.tables.schema import infer_schema
from lumina_jupyter.automl.task import Task, TaskKind
from lumina_jupyter.errors import MissingExtra, ModelNotExportable

ROWS = 240
GRADES = ["low", "medium", "high"]
NOT_WRITTEN = {"nearest_neighbours", "catboost"}
TWICE = {"hist_gradient_boosting", "lightgbm", "xgboost", "linear"}
"""Families that are tried with two of their configurations, as the mean of two folds."""


def table(rows: int = ROWS, seed: int = 3) -> pd.DataFrame:
    """Numbers with gaps, numbers in text, categories with gaps and rare levels, truths, and dates."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "size of it": random.normal(size=rows),
            "slope": random.normal(size=rows),
            "count": random.poisson(3, rows),
            "price": [f"{each:,.2f}" for each in random.uniform(0, 5000, rows)],
            "same": 1.5,
            "plan": random.choice(["basic", "plus", "pro ü", "rare"], rows, p=[0.5, 0.3, 0.19, 0.01]),
            "place": random.choice([f"place {each}" for each in range(30)], rows),
            "grade": pd.Categorical(random.choice(GRADES, rows), categories=GRADES, ordered=True),
            "member": random.choice([True, False], rows),
            "since": pd.Timestamp("1968-02-20")
            + pd.to_timedelta(random.integers(0, 60 * 525_600, rows) * 60, unit="s"),
        }
    )
    frame.loc[random.random(rows) < 0.1, "size of it"] = np.nan
    frame.loc[random.random(rows) < 0.1, "plan"] = None
    return frame


def strange(rows: int = 80) -> pd.DataFrame:
    """Rows with what was never seen when models were fitted."""
    frame = table(rows, seed=8)
    frame.loc[:5, "plan"] = "new"
    frame.loc[3:9, "place"] = None
    frame.loc[7:12, "count"] = -7
    frame.loc[9:40, "slope"] = np.nan  # where nothing was missing in training
    frame.loc[10:15, "size of it"] = [1e300, -1e300, np.inf, -np.inf, 0.0, np.nan]
    frame.loc[14:17, "since"] = [
        pd.Timestamp("2000-02-29 23:59"),
        pd.Timestamp("1900-03-01"),
        pd.NaT,
        pd.Timestamp("2100-12-31"),
    ]
    return frame


def target(frame: pd.DataFrame, kind: TaskKind) -> NDArray[Any]:
    random = np.random.default_rng(0)
    told = (
        frame["size of it"].fillna(0)
        + frame["slope"]
        + (frame["plan"] == "basic")
        + 0.3 * frame["count"]
        + random.normal(0, 0.3, len(frame))
    )
    if kind == "binary":
        return np.asarray(told > told.median(), dtype=int)
    return np.asarray(pd.qcut(told, 3, labels=False) if kind == "multiclass" else told * 100)


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression", "quantile"])
def test_families_predict_the_same_as_onnx(kind: TaskKind, tmp_path: Path) -> None:
    frame, rows = table(), strange()
    classes: dict[str, tuple[Any, ...]] = {"binary": ("no", "yes"), "multiclass": (3, 5, 8)}
    task = Task(
        kind=kind, target="told", classes=classes.get(kind, ()), quantiles=(0.1, 0.9) if kind == "quantile" else ()
    )
    schema = infer_schema(frame)
    values = target(frame, kind)
    shape = shape_of(schema, task, ROWS)
    tried = set()
    members = []
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for family in families_for(kind, shape):
            models = []
            parts = [np.arange(ROWS), np.arange(0, ROWS, 2)] if family.name in TWICE else [np.arange(ROWS)]
            for part, params in zip(parts, family.portfolio(kind, shape), strict=False):
                candidate = Candidate(family=family.name, params=params)
                iterations = 12 if family.stops_early else 0
                pipeline = build_pipeline(candidate, task, schema, shape, iterations=iterations)
                fit_pipeline(pipeline, candidate, frame.iloc[part], values[part])
                models.append(pipeline)
            member = FoldAverage.of_fitted(models, len(task.classes))
            alone = Blend.of_fitted([member], [1.0], list(task.classes))
            if family.name in NOT_WRITTEN or (family.name == "kernel_machine" and task.classifies):
                with pytest.raises(ModelNotExportable, match="can't be written as ONNX"):
                    to_onnx(alone, task, schema, tmp_path / "no.onnx")
                continue
            same_as_onnx(alone, task, schema, rows, tmp_path / f"{family.name}.onnx")
            tried.add(family.name)
            members.append(member)
        blend = Blend.of_fitted(members, list(np.full(len(members), 1 / len(members))), list(task.classes))
        same_as_onnx(blend, task, schema, rows, tmp_path / "blend.onnx")
    expected = {"hist_gradient_boosting", "lightgbm", "xgboost", "linear", "naive"}
    expected |= set() if kind == "quantile" else {"extra_trees", "random_forest", "neural_network"}
    assert expected - {"linear"} <= tried
    assert "linear" in tried or kind == "quantile"


def same_as_onnx(model: Blend, task: Task, schema: Any, rows: pd.DataFrame, path: Path) -> None:
    to_onnx(model, task, schema, path)
    made = onnx.load(path)
    notes = {each.key: each.value for each in made.metadata_props}
    assert set(json.loads(notes["inputs"])) == set(schema.used)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found = dict(
        zip([each.name for each in session.get_outputs()], session.run(None, feed_of(rows, schema)), strict=True)
    )
    if task.classifies:
        expected = model.predict_proba(rows)
        np.testing.assert_allclose(found["probabilities"], expected, rtol=1e-5, atol=1e-5)
        clear = np.diff(np.sort(expected, axis=1)[:, -2:], axis=1)[:, 0] > 1e-5  # Of equals either may be named.
        assert (found["label"] == model.predict(rows))[clear].all()
    else:
        expected = np.asarray(model.predict(rows)).reshape(len(rows), -1)
        np.testing.assert_allclose(found["prediction"], expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


def test_words_and_wrong_translations_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    words = ["red", "green", "small", "round", "heavy", "cheap", "old", "new"]
    texts = [" ".join(random.choice(words, 9)) for _ in range(100)]
    frame = pd.DataFrame({"size": random.normal(size=100), "text": texts})
    task = Task(kind="regression", target="price")

    def write(part: pd.DataFrame, **kinds: Any) -> None:
        schema = infer_schema(part, kinds)
        pipeline = build_pipeline(Candidate(family="linear"), task, schema, shape_of(schema, task, 100))
        blend = Blend.of_fitted([FoldAverage.of_fitted([pipeline.fit(part, part["size"] * 3)])], [1.0])
        to_onnx(blend, task, schema, tmp_path / "model.onnx", part)

    with pytest.raises(ModelNotExportable, match="'text' hold free text"):
        write(frame, text="text")

    def shifted(graph: Graph, model: Any, features: str) -> str:
        return graph.calculate("Add", WRITERS["Ridge"](graph, model, features), 0.01)

    monkeypatch.setattr("lumina_jupyter.automl.export.onnx.models.WRITERS", {**WRITERS, "Ridge": shifted})
    with pytest.raises(ModelNotExportable, match="predict otherwise"):
        write(frame[["size"]])

    def too_deep(graph: Graph, model: Any, features: str) -> str:
        raise RecursionError

    monkeypatch.setattr("lumina_jupyter.automl.export.onnx.models.WRITERS", {**WRITERS, "Ridge": too_deep})
    with pytest.raises(ModelNotExportable, match="too large"):
        write(frame[["size"]])
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtra, match=r"lumina-jupyter\[onnx\]"):
        write(frame[["size"]])
    assert not list(tmp_path.iterdir())
