"""Rankings: what is found for a query is put in order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lumina_jupyter.automl import AutoML
from lumina_jupyter.automl.experiment.problem import load_problem
from lumina_jupyter.automl.export.code import to_code
from lumina_jupyter.automl.export.recipe import recipe_of
from lumina_jupyter.automl.plain.blend import Blend
from lumina_jupyter.automl.plain.fold_average import FoldAverage
from lumina_jupyter.automl.tables.target import read_target
from lumina_jupyter.errors import DataUnusable, ModelNotExportable, SettingUnusable

from .code_alone import CODE, predicted_alone


def wares(queries: int = 60, seed: int = 0) -> pd.DataFrame:
    """What was found for searches, ten wares each, and how much people wanted them, by how well they match and are rated."""
    random = np.random.default_rng(seed)
    size = (queries, 10)
    quality = random.normal(size=size)
    stars = np.clip(np.round(3 + quality + random.normal(0, 0.5, size)), 1, 5)
    match = random.uniform(size=size)
    wanted = quality + 2 * match + random.normal(0, 0.4, size)
    places = (-wanted).argsort(axis=1).argsort(axis=1)
    frame = pd.DataFrame(
        {
            "search": np.repeat([f"q{number}" for number in random.permutation(queries)], 10),
            "country": np.repeat(random.choice(["no", "se"], queries), 10),
            "match": match.ravel(),
            "stars": stars.ravel(),
            "brand": random.choice(["a", "b", "c"], queries * 10),
            "wanted": np.array([3, 2, 1, 1, 0, 0, 0, 0, 0, 0])[places].ravel(),
        }
    )
    return frame.sample(frac=1, random_state=seed, ignore_index=True)


@pytest.fixture(scope="module")
def fitted(data_folder: object) -> AutoML:
    """Both yardsticks, a forest, and a configuration of either library that learns of whole lists."""
    model = AutoML(
        "ranking",
        time_budget=3000,
        n_jobs=2,
        max_trials=5,
        folds=3,
        verbose=0,
        families=["lightgbm", "xgboost", "extra_trees"],
        name="wares",
    )
    return model.fit(wares(), "wanted", groups="search")


def test_it_ranks_better_than_chance_and_learns_of_whole_queries(fitted: AutoML) -> None:
    board = fitted.leaderboard_.set_index("family")
    assert fitted.metric_.name == "ndcg@10"
    assert fitted.best_score_ > board.loc["naive", "score"] + 0.2
    assert fitted.best_score_ >= board["score"].max() - 1e-9
    assert fitted.verdict_ is not None
    assert fitted.verdict_.skill

    # On queries that it has never met, which it is not told.
    fresh = wares(40, seed=1)
    alone = fresh.drop(columns=["wanted", "search"])
    scores = fitted.predict(alone)
    np.testing.assert_array_equal(fitted.predict(fresh), scores)
    reached = fitted.score(fresh, "wanted")
    assert fitted.score(alone, fresh["wanted"], groups=fresh["search"]) == pytest.approx(reached)
    truth = np.column_stack([fresh["wanted"], pd.factorize(fresh["search"])[0]])
    chance = [fitted.metric_.score(truth, np.random.default_rng(seed).random(len(fresh))) for seed in range(20)]
    assert reached > np.mean(chance) + 0.15

    # No fold tests on a query that it was trained on, and the query is no feature.
    problem = load_problem(fitted.experiment_.folder)
    assert problem.validation.kind == "grouped"
    for fold in problem.validation.folds:
        assert not set(problem.target[fold.train, 1]) & set(problem.target[fold.test, 1])
    assert "search" not in [column.name for column in fitted.schema_.columns]

    # Lists are learned from by rankers.
    for family, kind in (("lightgbm", "LGBMRanker"), ("xgboost", "XGBRanker")):
        trial = next(each for each in fitted.trials_ if each.candidate.family == family)
        assert trial.state == "done", trial.reason
        assert trial.candidate.params["listwise"]
        assert (trial.score or 0) > board.loc["naive", "score"] + 0.15
        scored = fitted.experiment_.model(trial.number, 0)[-1]
        library = getattr(scored.estimator_, "estimator_", scored.estimator_)
        assert type(library).__name__ == kind


def test_it_can_be_taken_away(fitted: AutoML, tmp_path: Path) -> None:
    """As code, with a copy of the table and with the table's own file, as it was found and trained anew; as files."""
    table = wares()
    features = table.drop(columns=["wanted", "search"])
    # Both rankers and the forest, whatever the search has chosen.
    members = AutoML.open("wares")
    numbers = {trial.candidate.family: trial.number for trial in members.trials_}
    members.weights_ = {numbers["lightgbm"]: 0.5, numbers["xgboost"]: 0.3, numbers["extra_trees"]: 0.2}
    members.parts_ = dict.fromkeys(members.weights_, (0, 1, 2))
    averages = [
        FoldAverage.of_fitted([members.experiment_.model(number, fold) for fold in range(3)])
        for number in members.weights_
    ]
    members.best_pipeline_ = Blend.of_fitted(averages, list(members.weights_.values()))
    other = wares(30, seed=3)
    refitted = AutoML.open("wares")
    refitted.refit(other.drop(columns=["wanted", "search"]), other["wanted"] > 1, groups=other["search"].to_numpy())
    models = {"members": members, "file": fitted, "refitted": refitted}
    for name, model in models.items():
        folder = tmp_path / name
        folder.mkdir()
        if name == "file":
            table.to_csv(folder / "wares.csv", index=False)
        model.to_code(folder / CODE, data="wares.csv" if name == "file" else None)
    predicted = predicted_alone(tmp_path, dict.fromkeys(models, features), "model.predict(rows)")
    for name, model in models.items():
        np.testing.assert_allclose(predicted[name], model.predict(features), rtol=0, atol=1e-9, err_msg=name)
    problem = load_problem(fitted.experiment_.folder)
    recipe = recipe_of(fitted.experiment_, problem, fitted.weights_, fitted.parts_)
    with pytest.raises(ModelNotExportable, match="no column that the code could find"):
        to_code(replace(recipe, query=""), data="wares.csv")

    loaded = AutoML.load(members.save(tmp_path / "model.skops"))
    np.testing.assert_array_equal(loaded.predict(features), members.predict(features))
    assert loaded.score(table, "wanted") == members.score(table, "wanted")
    members.to_onnx(tmp_path / "model.onnx")  # which compares the file's predictions with the model's


def test_it_accounts_for_itself(fitted: AutoML) -> None:
    explained = fitted.explain()
    scores = explained.scores().table.set_index("metric")
    assert set(scores.index) == {"ndcg@10", "ndcg@5", "ndcg", "map", "mrr"}
    assert scores.loc["ndcg@10", "value"] == pytest.approx(fitted.best_score_, abs=0.02)
    assert ((scores["low"] < scores["value"]) & (scores["value"] < scores["high"])).all()
    needed = explained.importance().table.set_index("column")["importance"]
    assert set(needed.nlargest(2).index) == {"match", "stars"}
    assert set(explained.subgroups().table["column"]) == {"country"}
    for refused in (explained.residuals, explained.worst_errors, explained.confusion, explained.calibration):
        with pytest.raises(SettingUnusable, match="a ranking"):
            refused()
    other = fitted.explain(wares(30, seed=2), "wanted")
    assert len(other.learning_curve(seconds=0.0).table) == 5
    assert "ndcg@10" in fitted.model_card().markdown


@pytest.mark.parametrize(
    ("change", "groups", "said"),
    [
        ({}, None, "which rows belong to one query"),
        ({}, "shop", "no such column"),
        ({}, ["q"] * 7, "7 values"),
        ({"search": "q"}, "search", "of one query"),
        ({"search": lambda frame: frame["search"].where(frame.index > 3)}, "search", "4 of 200 rows have no query"),
        ({"wanted": lambda frame: frame["wanted"] - 1}, "search", "-1"),
        ({"wanted": lambda frame: frame["wanted"] / 2}, "search", "no grade of relevance"),
        ({"wanted": lambda frame: frame["wanted"].map(str) + " stars"}, "search", "text"),
        ({"wanted": lambda frame: frame["search"].str[-1].astype(int) % 2}, "search", "no order to be learned"),
    ],
)
def test_what_is_no_ranking_is_refused(data_folder: object, change: dict[str, Any], groups: Any, said: str) -> None:
    with pytest.raises((DataUnusable, SettingUnusable), match=said):
        AutoML("ranking", time_budget=5, verbose=0).fit(wares(20).assign(**change), "wanted", groups=groups)


def test_weights_and_folds_that_part_queries_are_refused_too(data_folder: object, fitted: AutoML) -> None:
    table = wares(20)
    with pytest.raises(SettingUnusable, match="no weights"):
        AutoML("ranking", verbose=0).fit(table, "wanted", groups="search", sample_weight=np.ones(len(table)))
    halves = [(np.arange(100), np.arange(100, 200))]
    with pytest.raises(SettingUnusable, match="trained on, too"):
        AutoML("ranking", folds=halves, verbose=0).fit(table, "wanted", groups="search")
    with pytest.raises(SettingUnusable, match="which rows belong to one query"):
        fitted.score(table.drop(columns="search"), "wanted")
    assert read_target(table["wanted"] > 1, kind="ranking").values.max() == 1  # yes and no are grades, too
