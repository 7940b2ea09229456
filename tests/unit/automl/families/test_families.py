"""Every family, at every task it claims, on a table with everything in it."""

from __future__ import annotations

import json
import pickle
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # the library ships no types

from lumina_jupyter.automl.candidate import Candidate
from lumina_jupyter.automl.experiment.model_files import read_model, write_model
from lumina_jupyter.automl.families.family import Shape
from lumina_jupyter.automl.families.registry import FAMILIES, families_for
from lumina_jupyter.automl.metrics.metric import METRICS
from lumina_jupyter.automl.pipeline.pipeline import (
    build_pipeline,
    features_key,
    fit_pipeline,
    kept_iterations,
    predictions,
    shape_of,
)
from lumina_jupyter.automl.task import TaskKind

from .tables import SCHEMA, learned, table

CLAIMS = [
    *(
        (family.name, kind)
        for family in FAMILIES.values()
        for kind in sorted(family.tasks - {"forecasting", "ranking"})
    ),
    # All others learn relevance as they learn any number.
    ("lightgbm", "ranking"),
    ("xgboost", "ranking"),
]
TRAIN, HELD_OUT = 180, 60
FAST: dict[str, Any] = {"learning_rate": 0.3}
QUICK = {
    "hist_gradient_boosting": {**FAST, "leaves": 8},
    "lightgbm": FAST,
    "xgboost": FAST,
    "catboost": FAST,
    "neural_network": {"width": 32, "learning_rate": 0.01},
    "deep_network": {"width": 16, "layers": 1, "learning_rate": 0.02, "pieces": 4},
    "extra_trees": {"trees": 40},
    "random_forest": {"trees": 40},
}
"""What makes small models of a family's first configuration."""


def _head(family: str, kind: TaskKind, position: int = 0) -> Candidate:
    """The family's first configuration, or another one; slow learners learn fast here."""
    shape = Shape(rows=TRAIN, features=8, categories=2, texts=1, classes=2)
    configurations = list(FAMILIES[family].portfolio(kind, shape))
    params = dict(configurations[min(position, len(configurations) - 1)])
    return Candidate(family=family, params={**params, **QUICK.get(family, {})})


def _fitted(candidate: Candidate, kind: TaskKind, *, threads: int = 1, iterations: int = 0) -> tuple[Any, Any, Any]:
    """A fitted pipeline, its predictions of rows held out, and the truth."""
    frame, number = table()
    task, target = learned(kind, number)
    shape = shape_of(SCHEMA, task, TRAIN)
    pipeline = build_pipeline(candidate, task, SCHEMA, shape, seed=3, threads=threads, iterations=iterations)
    train, held_out = (frame[:TRAIN], target[:TRAIN]), (frame[TRAIN:], target[TRAIN:])
    with threadpool_limits(threads):  # scikit-learn's boosting has no other number of threads
        if iterations:
            pipeline.fit(*train)
        else:
            fit_pipeline(pipeline, candidate, *train, held_out=held_out)
        return pipeline, predictions(pipeline, task, held_out[0]), held_out[1]


def _loss(kind: TaskKind, predicted: Any, truth: Any) -> float:
    if kind == "quantile":
        short = truth[:, None] - predicted
        return float(np.maximum(short * [0.1, 0.9], short * [-0.9, -0.1]).mean())
    if kind == "ranking":
        return 1 - METRICS["ndcg"].score(truth, predicted)
    if kind == "regression":
        return float(np.mean((predicted - truth) ** 2))
    return float(-np.log(np.clip(predicted[np.arange(len(truth)), truth], 1e-6, 1)).mean())


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """OpenMP's threads spin: beside other processes a small fit would take minutes."""
    with threadpool_limits(1):
        yield


@pytest.mark.parametrize(("name", "kind"), CLAIMS)
def test_a_family_learns_keeps_itself_and_gives_the_same_again(name: str, kind: TaskKind, tmp_path: Path) -> None:
    if FAMILIES[name].missing():
        pytest.skip(FAMILIES[name].missing())
    candidate = _head(name, kind)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pipeline, predicted, truth = _fitted(candidate, kind)

    # It has learned something.
    assert np.isfinite(predicted).all()
    naive = _loss(kind, _fitted(_head("naive", kind), kind)[1], truth)
    assert name == "naive" or _loss(kind, predicted, truth) < (1.0 if name == "nearest_neighbours" else 0.9) * naive
    if kind in ("binary", "multiclass"):
        assert predicted.shape == (HELD_OUT, 2 if kind == "binary" else 3)
        assert np.allclose(predicted.sum(axis=1), 1.0)
    if kind == "quantile":
        assert (np.diff(predicted, axis=1) >= 0).all()

    # Another number of threads gives the same; so does its own `fit`, with as many trees as were kept.
    task, _ = learned(kind, truth)
    if kind in ("binary", "regression", "ranking"):
        assert np.allclose(_fitted(candidate, kind, threads=2)[1], predicted, rtol=1e-9, atol=1e-12)
    kept = kept_iterations(pipeline, candidate)
    assert (kept > 0) == FAMILIES[name].stops_early
    if kept and kind != "quantile":
        assert np.allclose(_fitted(candidate, kind, iterations=kept)[1], predicted, rtol=1e-6, atol=1e-9)

    # It can be sent elsewhere, and made again of its parameters.
    held_out = table()[0][TRAIN:]
    path = tmp_path / "fold0.model"
    write_model(path, pipeline)
    again = read_model(path)
    assert np.array_equal(predictions(again, task, held_out), predicted)
    parameters = clone(pipeline).get_params()
    assert {key for key, value in pipeline.get_params().items() if not hasattr(value, "fit")} <= set(parameters)
    assert all(
        parameters[key] == value
        for key, value in pipeline.get_params().items()
        if isinstance(value, str | int | float | tuple) and value == value
    )

    # What it has never seen does not trouble it.
    strange = held_out.assign(
        city="Atlantis", street=None, note=None, area=np.nan, rooms=np.inf, garden=None, sold=None
    )
    strange = strange.assign(more=1.0, state="unheard of")[strange.columns[::-1]]
    assert np.isfinite(predictions(pipeline, task, strange)).all()


@pytest.mark.parametrize("name", [name for name, kind in CLAIMS if kind == "multiclass"])
def test_a_fold_may_lack_a_class_and_the_rows_to_stop_by(name: str) -> None:
    if FAMILIES[name].missing():
        pytest.skip(FAMILIES[name].missing())
    frame, number = table()
    task, target = learned("multiclass", number)
    there = target != 1
    candidate = _head(name, "multiclass")
    pipeline = build_pipeline(candidate, task, SCHEMA, shape_of(SCHEMA, task, int(there.sum())))
    fit_pipeline(pipeline, candidate, frame[there], target[there], held_out=(frame[:40], target[:40]))
    predicted = predictions(pipeline, task, frame)
    assert predicted.shape == (len(frame), 3)
    assert (predicted[:, 1] == 0).all()
    assert (predicted[there].argmax(axis=1) == target[there]).mean() > (0.4 if name == "naive" else 0.6)

    alone = build_pipeline(candidate, task, SCHEMA, shape_of(SCHEMA, task, len(frame)))
    fit_pipeline(alone, candidate, frame, target)
    assert np.allclose(predictions(alone, task, frame).sum(axis=1), 1.0)


@pytest.mark.parametrize("name", list(FAMILIES))
def test_spaces_and_portfolios_are_data_and_can_be_built(name: str) -> None:
    import optuna

    family = FAMILIES[name]
    if family.missing():
        pytest.skip(family.missing())
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for kind in sorted(family.tasks):
        task, _ = learned(kind, table()[1])
        for shape in (shape_of(SCHEMA, task, 50), shape_of(SCHEMA, task, 100_000)):
            asked = [family.space(study.ask(), kind, shape) for _ in range(3)]
            offered = list(family.portfolio(kind, shape))
            assert offered
            for params in [*offered, *asked]:
                assert json.loads(json.dumps(params)) == params
                candidate = Candidate(family=name, params=params)
                build_pipeline(candidate, task, SCHEMA, shape, threads=2)
                assert features_key(candidate)


def test_which_families_take_part_depends_on_the_task_and_the_size() -> None:
    small = [family.name for family in families_for("binary", Shape(rows=500, features=10, classes=2))]
    large = [family.name for family in families_for("binary", Shape(rows=5_000_000, features=30, classes=2))]
    assert small[0] == "naive"
    assert small.index("linear") < small.index("hist_gradient_boosting") < small.index("neural_network")
    assert "kernel_machine" in small
    assert "lightgbm" in large
    assert {"kernel_machine", "nearest_neighbours", "random_forest"}.isdisjoint(large)


def test_the_yardstick_is_scikit_learns_own() -> None:
    from sklearn.ensemble import HistGradientBoostingRegressor

    pipeline, _, _ = _fitted(Candidate(family="hist_gradient_boosting", params={"categories": "codes"}), "regression")
    mine, theirs = pipeline[-1].get_params(), HistGradientBoostingRegressor().get_params()
    told = {"categorical_features", "random_state", "tol", "early_stopping", "n_iter_no_change"}
    assert {key for key in theirs if mine[key] != theirs[key]} <= told


def test_time_ends_a_training_and_keeps_what_is_there() -> None:
    for name in ("lightgbm", "xgboost"):
        frame, number = table()
        task, target = learned("regression", number)
        candidate = Candidate(family=name, params={"learning_rate": 1e-5})
        pipeline = build_pipeline(candidate, task, SCHEMA, shape_of(SCHEMA, task, len(frame)))
        fit_pipeline(pipeline, candidate, frame, target, held_out=(frame, target), seconds=1e-6)
        assert 1 <= kept_iterations(pipeline, candidate) < 10
        pickle.dumps(pipeline)


@pytest.mark.parametrize("name", ["extra_trees", "random_forest"])
def test_of_forests_that_predict_together_so_many_trees_are_kept_as_smaller_forests_have(name: str) -> None:
    family, random = FAMILIES[name], np.random.default_rng(0)
    features, target = random.normal(size=(60, 3)), random.normal(size=60)
    shape = Shape(rows=60, features=3)
    large, small = (family.build({"trees": trees}, "regression", shape, seed=7, threads=1) for trees in (100, 48))
    for model in (large, small):
        family.fit(model, features, target)
    assert family.thin(large, 5) == 48
    assert np.array_equal(large.predict(features), small.predict(features))
    assert family.thin(small, 2) == 48, "There are no more."
    assert FAMILIES["lightgbm"].thin(object(), 5) == 0
