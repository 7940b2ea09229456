from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

from lumina_jupyter.automl.explain.calibration import calibration, wilson
from lumina_jupyter.automl.explain.confusion import confusion
from lumina_jupyter.automl.explain.curves import precision_recall, roc
from lumina_jupyter.automl.explain.dependence import dependence
from lumina_jupyter.automl.explain.explanations import Explanations
from lumina_jupyter.automl.explain.figures import Theme
from lumina_jupyter.automl.explain.importance import importance
from lumina_jupyter.automl.explain.intervals import interval
from lumina_jupyter.automl.explain.learning import LearningCurve
from lumina_jupyter.automl.explain.residuals import residuals
from lumina_jupyter.automl.explain.scores import scores
from lumina_jupyter.automl.explain.shapley import shapley
from lumina_jupyter.automl.explain.subgroups import subgroups
from lumina_jupyter.automl.explain.worst import worst_errors
from lumina_jupyter.automl.metrics.metric import find_metric
from lumina_jupyter.automl.task import Task
from lumina_jupyter.automl.words import percent
from lumina_jupyter.errors import DataUnusable, SettingUnusable

from .data import BINARY, classes, frame, made, numbers, quantiles, told


def test_an_interval_of_a_mean_is_that_of_the_textbook() -> None:
    values = np.random.default_rng(0).normal(10, 2, 900)
    found = interval(lambda rows: float(values[rows].mean()), len(values), draws=400)
    half = 1.96 * values.std() / 30
    assert found.value == pytest.approx(values.mean())
    assert found.high - found.low == pytest.approx(2 * half, rel=0.2)
    many = np.tile(values, 40)
    narrow = interval(lambda rows: float(many[rows].mean()), len(many), draws=400)
    assert narrow.high - narrow.low == pytest.approx(2 * half / 40**0.5, rel=0.25)


def test_neighbours_that_are_alike_make_an_interval_wider() -> None:
    values = np.repeat(np.random.default_rng(0).normal(size=20), 20)
    apart = interval(lambda rows: float(values[rows].mean()), len(values))
    together = interval(lambda rows: float(values[rows].mean()), len(values), in_order=True)
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_the_searchs_metric_comes_first_and_each_has_its_interval() -> None:
    table = scores(classes(), draws=60).table
    assert table["metric"][0] == "roc_auc"
    assert {"log_loss", "accuracy", "brier", "f1"} <= set(table["metric"])
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()
    assert table.set_index("metric")["better"]["log_loss"] == "smaller"
    rmse = scores(numbers(), draws=60).table.iloc[0]
    assert rmse["metric"] == "rmse"
    assert 0.8 < rmse["low"] < rmse["value"] < rmse["high"] < 1.2


def test_metrics_that_need_two_classes_are_left_out_where_there_is_one() -> None:
    rows = classes()
    one = rows.take(np.flatnonzero(rows.truth == 1))
    table = scores(one, draws=20).table
    assert "roc_auc" not in set(table["metric"])
    assert "accuracy" in set(table["metric"])
    with pytest.raises(DataUnusable, match="roc_auc needs rows of two classes"):
        importance(one)


def test_confusion_counts_every_row_in_the_words_of_the_data() -> None:
    rows = classes()
    table = confusion(rows).table
    assert list(table.index) == ["no", "yes"]
    assert table.loc["yes", "no"] == ((rows.truth == 1) & (rows.prediction[:, 1] < 0.5)).sum()
    assert table.to_numpy().sum() == len(rows)
    drawn = confusion(rows).figure().data[0]
    assert drawn.customdata[1][1] == percent(table.loc["yes", "yes"] / table.loc["yes"].sum(), 1)
    assert "%{customdata}" in drawn.hovertemplate


def test_curves_have_the_areas_that_scikit_learn_has() -> None:
    from sklearn.metrics import average_precision_score, roc_auc_score

    rows = classes()
    assert roc(rows).areas == {"yes": pytest.approx(roc_auc_score(rows.truth, rows.prediction[:, 1]))}
    found = precision_recall(rows)
    assert found.areas["yes"] == pytest.approx(average_precision_score(rows.truth, rows.prediction[:, 1]))
    assert found.shares["yes"] == pytest.approx(rows.truth.mean())


def test_calibration_tells_a_model_that_says_too_much() -> None:
    good = classes(2000)
    assert calibration(good).error < 0.05
    sure = np.where(good.prediction > 0.5, 0.99, 0.01)
    bad = made(BINARY, lambda table: sure, good.truth, good.frame)
    assert calibration(bad).error > 0.1
    assert calibration(quantiles(2000)).error < 0.03
    assert wilson(0, 10) == pytest.approx((0.0, 0.0, 0.2775), abs=1e-3)


def test_residuals_show_a_bias_and_where_it_is() -> None:
    rows = numbers()
    shifted = made(rows.task, lambda table: told(table) - 5, rows.truth, rows.frame)
    found = residuals(shifted)
    assert found.bias == pytest.approx(5, abs=0.2)
    assert (found.drift["residual"] > 4).all()
    assert found.drift["rows"].sum() == len(rows)


def test_importance_finds_what_the_model_needs() -> None:
    rows = numbers()
    found = importance(rows, seconds=600)
    assert list(found.table["column"][:2]) == ["size", "colour"]
    by_name = found.table.set_index("column")
    assert by_name["importance"]["noise"] == pytest.approx(0, abs=1e-9)
    assert not by_name["matters"]["noise"]
    assert by_name["matters"]["colour"]
    # Shuffled, two sizes differ by the root of two deviations: the loss is known.
    expected = np.sqrt(1 + 9 * 2 * rows.frame["size"].var()) - 1
    assert by_name["low"]["size"] < expected < by_name["high"]["size"]
    assert importance(numbers(), seconds=0).left_out == ("noise", "colour", "day")


def test_shapley_values_of_an_additive_model_are_exact() -> None:
    rows = numbers()
    found = shapley(rows.take(np.arange(5)), rows, pairs=50)
    sizes = rows.frame["size"].to_numpy()
    for position in range(5):
        added = found.contributions.iloc[position]
        assert added["noise"] == pytest.approx(0, abs=1e-12)
        assert added["size"] == pytest.approx(3 * (sizes[position] - sizes.mean()), abs=1.3)
        assert found.base[position] + added.sum() == pytest.approx(found.prediction[position])
    assert set(found.table["column"][:2]) == {"size", "colour"}
    assert found.of_row(0)["value"].iloc[0] in (rows.frame["size"].iloc[0], rows.frame["colour"].iloc[0])


def test_shapley_values_of_an_interaction_are_shared() -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=300), "b": random.normal(size=300), "c": random.normal(size=300)})

    def predict(given: pd.DataFrame) -> Any:
        return given["a"].to_numpy() * given["b"].to_numpy()

    rows = made(Task(kind="regression"), predict, predict(table), table)
    point = rows.take(np.array([int(np.argmax(np.abs(predict(table))))]))
    found = shapley(point, rows, pairs=200)
    added = found.contributions.iloc[0]
    a, b = table["a"].iloc[point.frame.index[0]], table["b"].iloc[point.frame.index[0]]
    # With means of 0, each has half of the product.
    assert added["a"] == pytest.approx(a * b / 2, abs=4 * found.errors.iloc[0]["a"] + 0.2)
    assert added["b"] == pytest.approx(a * b / 2, abs=4 * found.errors.iloc[0]["b"] + 0.2)
    assert added["c"] == pytest.approx(0, abs=1e-12)


def test_dependence_is_the_models_own_slope() -> None:
    found = dependence(numbers(), "size")
    slope = np.polyfit(found.table["value"], found.table["mean"], 1)[0]
    assert slope == pytest.approx(3)
    colours = dependence(numbers(), "colour").table.set_index("value")["mean"]
    assert colours["red"] - colours["blue"] == pytest.approx(2)
    assert dependence(numbers(), "day").ordered
    with pytest.raises(SettingUnusable, match="'sice'"):
        dependence(numbers(), "sice")


def test_subgroups_for_which_a_model_is_worse_are_found() -> None:
    rows = numbers(2000)
    random = np.random.default_rng(2)
    worse = (rows.frame["colour"] == "red").to_numpy()
    truth = rows.truth + np.where(worse, 4 * random.normal(size=len(rows)), 0)
    found = subgroups(made(rows.task, told, truth, rows.frame)).table
    assert (found["column"][0], found["group"][0]) == ("colour", "red")
    assert found["gap"][0] < 0
    assert set(found[found["differs"]]["column"]) == {"colour"}
    assert not subgroups(numbers(2000)).table["differs"].any()
    assert {"selected", "found", "false_alarms"} <= set(subgroups(classes(), ["colour"]).table.columns)


def test_infinite_values_count_as_missing_ones() -> None:
    rows = numbers()
    table = rows.frame.assign(part=np.where(rows.frame["size"] > 0, np.inf, np.linspace(-1, 1, len(rows))))
    broken = made(rows.task, told, rows.truth, table)
    groups = subgroups(broken, ["part"]).table["group"]
    assert groups.str.contains("missing").sum() == 1
    assert not groups.str.contains("inf").any()
    assert np.isfinite(dependence(broken, "part").table["value"]).all()


def test_the_worst_errors_come_first() -> None:
    rows = numbers()
    truth = rows.truth.copy()
    truth[17] += 100
    found = worst_errors(made(rows.task, told, truth, rows.frame), 3)
    assert found.table.index[0] == 17
    assert found.table["error"].iloc[0] > 95
    assert list(found.table.columns[:3]) == ["truth", "prediction", "error"]
    assert worst_errors(classes(), 5).table["truth"].isin(["no", "yes"]).all()


def test_what_does_not_fit_the_task_is_refused() -> None:
    with pytest.raises(SettingUnusable):
        confusion(numbers())
    with pytest.raises(SettingUnusable):
        roc(numbers())
    with pytest.raises(SettingUnusable):
        residuals(classes())
    with pytest.raises(SettingUnusable):
        calibration(numbers())
    three = Task(kind="multiclass", target="kind", classes=("a", "b", "c"))
    rows = made(three, lambda table: np.full((len(table), 3), 1 / 3), np.arange(400) % 3, frame())
    with pytest.raises(SettingUnusable, match="one class"):
        shapley(rows)
    assert shapley(rows.take(np.arange(2)), rows, of="b", pairs=2).contributions.abs().to_numpy().max() == 0


def test_results_are_shown_by_their_tables_and_rows_go_by_their_names() -> None:
    held_out = numbers().take(np.arange(100, 300))
    curve = LearningCurve(held_out.frame, "rmse", "It grows <still>.")
    explained = Explanations(held_out, learn=lambda seconds: curve, forecaster=pytest.fail)
    assert repr(explained).startswith("Explanations of 'price' (regression) on 200 rows")
    assert "residuals()" in repr(explained)
    assert "confusion()" not in repr(explained)
    worst = explained.worst_errors(2)
    assert repr(worst) == str(worst.table)
    assert "<table" in worst._repr_html_()
    assert repr(explained.learning_curve()).startswith("It grows <still>.")
    assert "<p>It grows &lt;still&gt;.</p>" in curve._repr_html_()

    # A row is called as the table of errors calls it, not by its place among those held out.
    told_of = explained.shapley(worst.table.index, pairs=2)
    assert told_of.values.index.tolist() == worst.table.index.tolist()
    assert told_of.prediction.tolist() == worst.table["prediction"].tolist()
    assert explained.shapley(120, pairs=2).values["size"].tolist() == [held_out.frame["size"][120]]
    assert explained.shapley(pairs=2).values.index.tolist() == [100]
    assert explained.importance("size", seconds=600).table["column"].tolist() == ["size"]
    assert set(explained.subgroups("colour").table["column"]) == {"colour"}
    refused: list[Callable[[], object]] = [
        lambda: explained.shapley(3),
        lambda: explained.shapley("first"),
        lambda: explained.importance(["sice"]),
        lambda: explained.subgroups("sice"),
        lambda: explained.scores().figure("blue"),  # type: ignore[arg-type]  # what it refuses
    ]
    for each in refused:
        with pytest.raises(SettingUnusable, match="There is no ") as caught:
            each()
        assert caught.value.hint


def test_figures_stand_on_any_page() -> None:
    rows, said = classes(), numbers()
    point = shapley(said.take(np.arange(2)), said, pairs=2)
    results: list[Any] = [
        scores(rows, draws=20),
        confusion(rows),
        roc(rows),
        precision_recall(rows),
        calibration(rows),
        residuals(said),
        importance(said, ["size"]),
        dependence(said, "size"),
        dependence(said, "colour"),
        subgroups(rows),
        worst_errors(rows),
    ]
    inks = set()
    for theme in get_args(Theme):
        for figure in [*(each.figure(theme) for each in results), point.figure(1, theme)]:
            written = figure.to_plotly_json()
            assert written["data"]
            assert written["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)"
            assert written["layout"]["title"]["text"]
            inks.add((theme, written["layout"]["font"]["color"]))
    assert len(inks) == 3


def test_a_metric_of_ones_own_is_used() -> None:
    rows = numbers()
    own = made(rows.task, told, rows.truth, rows.frame)
    metric = find_metric("mae", rows.task)
    changed = type(own)(
        **{name: getattr(own, name) for name in own.__slots__ if name != "metric"},
        metric=metric,
    )
    assert scores(changed, draws=20).table["metric"][0] == "mae"
    assert importance(changed).metric == "mae"
