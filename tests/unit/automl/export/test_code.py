"""Models that were trained fold by fold are written as code, which is run where no Lumina can be imported."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from lumina_jupyter.automl.candidate import Candidate, Trial
from lumina_jupyter.automl.execution.job import ALL_ROWS, Job
from lumina_jupyter.automl.execution.training import Trainer
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.experiment.problem import Problem
from lumina_jupyter.automl.export.code import Recipe, to_code
from lumina_jupyter.automl.export.data import keep, reading
from lumina_jupyter.automl.export.folds import folds_source
from lumina_jupyter.automl.export.recipe import recipe_of
from lumina_jupyter.automl.export.source import Source
from lumina_jupyter.automl.families.registry import families_for
from lumina_jupyter.automl.pipeline.pipeline import shape_of
from lumina_jupyter.automl.plain.blend import Blend
from lumina_jupyter.automl.plain.fold_average import FoldAverage
from lumina_jupyter.automl.tables.schema import infer_schema
from lumina_jupyter.automl.task import Task, TaskKind
from lumina_jupyter.automl.validation import Fold, Validation
from lumina_jupyter.errors import ModelNotExportable

ROWS = 150
FRESH = """
import importlib.abc, sys
class Nothing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "lumina_jupyter":
            raise ImportError("It is to do without.")
sys.meta_path.insert(0, Nothing())
names = {}
exec(compile(open("model.py").read(), "model.py", "exec"), names)
import numpy as np
model = names["model"]
predicted = model.predict_proba if len(model.classes) else model.predict
np.save("got.npy", predicted(names["X"]))
"""


def table(rows: int = ROWS) -> tuple[pd.DataFrame, NDArray[Any]]:
    """Numbers with gaps, categories, words and dates; and something that they tell."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "size of it": random.normal(size=rows),
            "prix €": random.lognormal(size=rows).round(3),
            "colour": random.choice(["red", "blue", "grün", "None"], rows),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 900, rows), unit="D"),
            "words": [
                " ".join(random.choice(["old", "new", "house", "boat", "garden", "sea"], 5)) for _ in range(rows)
            ],
        }
    )
    frame.loc[::7, "size of it"] = np.nan
    told = frame["size of it"].fillna(0) + (frame["colour"] == "red") + 0.3 * np.log(frame["prix €"])
    return frame, np.asarray(told + 0.3 * random.normal(size=rows))


def problem(kind: TaskKind, *, weighted: bool = False) -> Problem:
    frame, told = table()
    classes: dict[str, tuple[Any, ...]] = {"binary": ("no", "yes"), "multiclass": (0, 3, 7)}
    target = told
    if kind in classes:
        target = np.digitize(told, np.quantile(told, np.linspace(0, 1, len(classes[kind]) + 1)[1:-1]))
    assigned = np.random.default_rng(0).integers(0, 3, len(frame))
    folds = tuple(Fold(train=np.flatnonzero(assigned != n), test=np.flatnonzero(assigned == n)) for n in range(3))
    return Problem(
        features=frame,
        target=target,
        weights=np.linspace(0.5, 2, len(frame)) if weighted else None,
        task=Task(
            kind=kind, target="told", classes=classes.get(kind, ()), quantiles=(0.2, 0.8) if kind == "quantile" else ()
        ),
        schema=infer_schema(frame),
        validation=Validation(kind="k-fold", folds=folds),
    )


TRIED: dict[TaskKind, set[str]] = {
    "binary": {"nearest_neighbours", "hist_gradient_boosting", "extra_trees", "random_forest"},
    "multiclass": {"naive", "linear", "lightgbm", "neural_network"},
    "regression": {"kernel_machine", "xgboost", "catboost", "neural_network", "linear"},
    "quantile": {"lightgbm", "xgboost"},
}


@pytest.mark.parametrize("kind", TRIED)
def test_the_code_gives_the_same_predictions(kind: TaskKind, tmp_path: Path) -> None:
    with threadpool_limits(1):
        check_the_code_of(kind, tmp_path)


def check_the_code_of(kind: TaskKind, tmp_path: Path) -> None:
    given = problem(kind, weighted=kind == "regression")
    experiment = Experiment.create("one", "told", root=tmp_path)
    trainer = Trainer(experiment.folder, given)
    shape = shape_of(given.schema, given.task, ROWS)
    families = [each for each in families_for(kind, shape) if each.name in TRIED[kind]]
    parts: dict[int, list[int]] = {}
    fitted = []
    trees: set[int] = set()
    for number, family in enumerate(families):
        # One of them is trained on all rows, with as many trees as a fold kept; the others are the means of two folds.
        params = next(iter(family.portfolio(kind, shape)))
        job = Job(
            trial=number, fold=0, family=family.name, params=params, seed=number, rows=0.8 if number == 1 else 1.0
        )
        outcome = trainer.run(job)
        assert not outcome.failure, f"{family.name}: {outcome.failure}"
        others = [1] if number else [ALL_ROWS]
        for fold in others:
            iterations = outcome.iterations if fold == ALL_ROWS else 0
            assert not trainer.run(
                Job(trial=number, fold=fold, family=family.name, params=params, seed=number, iterations=iterations)
            ).failure
        parts[number] = others if number == 0 else [0, *others]
        experiment.write_trial(
            Trial(number=number, candidate=Candidate(family=family.name, params=params), state="done")
        )
        models = [experiment.model(number, fold) for fold in parts[number]]
        fitted.append(FoldAverage.of_fitted(models, len(given.task.classes)))
        if family.name in ("extra_trees", "random_forest"):
            trees |= {len(model[-1].estimators_) for model in models}
    weights = {number: 1 / len(families) for number in parts}
    blend = Blend.of_fitted(fitted, list(weights.values()), list(given.task.classes))

    # Of forests that predict together not all trees are kept, and the code trains as many.
    assert (80 in trees) == (kind == "binary")
    recipe = recipe_of(experiment, given, weights, parts)
    to_code(recipe, tmp_path / "model.py")
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", FRESH]
    done = subprocess.run(command, cwd=tmp_path, env=one_thread, capture_output=True, text=True, timeout=280)

    assert done.returncode == 0, done.stderr
    predict = blend.predict_proba if given.task.classifies else blend.predict
    np.testing.assert_allclose(np.load(tmp_path / "got.npy"), predict(given.features), rtol=0, atol=1e-9)


def simple_recipe(frame: pd.DataFrame, target: Any) -> Recipe:
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import Pipeline

    return Recipe(Blend([Pipeline([("model", Ridge())])], [1.0]), ["a ridge"], "A model", frame, target)


def test_the_code_comes_as_a_notebook_too(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.5, 0.25, 1.0]})
    code = to_code(simple_recipe(frame, [1.0, 2.0, 4.0]), tmp_path / "model.ipynb")
    notebook = nbformat.read(tmp_path / "model.ipynb", as_version=4)
    nbformat.validate(notebook)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert "lumina" not in str(code)
    assert [source for source in sources if "class Blend" in source]
    assert (tmp_path / "model-data.csv.gz").exists()


def test_the_code_takes_the_table_that_is_there_or_a_file_that_is_named() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0]})
    names: dict[str, Any] = {"X": frame, "y": np.array([1.0, 2.0, 3.0])}
    exec(str(to_code(simple_recipe(frame, names["y"]))), names)
    assert names["predictions"].shape == (3,)
    assert "pd.read_parquet('a \"b.parquet')" in str(to_code(simple_recipe(frame, names["y"]), data='a "b.parquet'))
    assert "lines=True" in str(to_code(simple_recipe(frame, names["y"]), data="a.jsonl"))
    with pytest.raises(ModelNotExportable, match=r"table\.xlsx"):
        to_code(simple_recipe(frame, names["y"]), data="table.xlsx")


@pytest.mark.parametrize(
    "columns",
    [
        {"a": [1, 2], "None": ["NA", ""], "c": ["x", None]},
        {"when": pd.to_datetime(["2024-01-01 10:00:00.123456", None]), "f": [1 / 3, float("inf")]},
        {"k": pd.Categorical(["b", "a"], categories=["b", "a"], ordered=True), "b": [True, False]},
        {"n": pd.array([1, None], dtype="Int64"), "target": [1, 2]},
    ],
    ids=lambda each: next(iter(each)),
)
def test_the_table_beside_the_code_is_read_as_it_was(columns: dict[str, Any], tmp_path: Path) -> None:
    frame = pd.DataFrame(columns)
    file = keep(frame, ["p", "q"], "target", tmp_path / "model.py", np.array([0.1, 0.2]))
    source = Source()
    statements = reading(source, file).replace(repr(file.path)[1:-1], str(tmp_path / file.path))
    names: dict[str, Any] = {"pd": pd}
    exec(statements, names)
    assert names["X"].equals(frame.set_axis(names["X"].columns, axis=1))
    assert list(names["X"]) == list(frame)
    assert names["y"].tolist() == ["p", "q"]
    assert names["weights"].tolist() == [0.1, 0.2]


def test_a_table_that_no_file_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelNotExportable):
        keep(pd.DataFrame({"a": [1, "one", None]}), [1, 2, 3], "y", tmp_path / "model.py")
    assert list(tmp_path.iterdir()) == []


def made_folds(name: str, frame: pd.DataFrame, target: NDArray[Any]) -> list[NDArray[np.intp]]:
    from sklearn import model_selection as splitters

    random = np.random.default_rng(1)
    rows = np.arange(len(frame))
    drawn = random.integers(0, 4, len(frame))
    splits: dict[str, Any] = {
        "stratified": splitters.StratifiedKFold(4, shuffle=True, random_state=42).split(frame, target),
        "stratified, rare": splitters.StratifiedKFold(4).split(frame, target),
        "plain": splitters.KFold(3).split(frame),
        "grouped": splitters.GroupKFold(3).split(frame, target, frame["who"]),
        "ranges": [(rows[:50], None), (rows[:80], None)],
        "drawn": [(np.flatnonzero(drawn != fold), None) for fold in range(4)],
        "shuffled": [(random.permutation(rows)[:60], None), (random.permutation(rows)[:40], None)],
        "one": [(np.flatnonzero(drawn != 0), None)],
    }
    return [np.asarray(train) for train, _ in splits[name]]


@pytest.mark.parametrize(
    "name", ["stratified", "stratified, rare", "plain", "grouped", "ranges", "drawn", "shuffled", "one"]
)
def test_folds_come_back_as_they_are(name: str) -> None:
    frame = pd.DataFrame({"who": np.arange(100) // 5})
    # Of a rare class scikit-learn tells that there are more folds than rows, which was known before.
    target = np.arange(100) > 97 if name.endswith("rare") else np.arange(100) % 3 == 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folds = made_folds(name, frame, target)
    source = Source()
    names: dict[str, Any] = {"X": frame, "y": target}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        statements = folds_source(source, folds, frame, target, by="who")
        exec("\n".join([*source.imports, statements]), names)
        with pytest.raises(UserWarning, match="another"):
            warnings.warn("The least populated class of another table", stacklevel=1)
    assert ("catch_warnings" in statements) == name.endswith("rare")
    for mine, theirs in zip(folds, names["folds"], strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert ("unpacked" in statements) == (name in {"drawn", "shuffled", "one"})
