"""Metrics: by which number candidates are compared, and how it is read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np

from lumina_jupyter.errors import SettingUnusable

from ..task import CLASSIFICATION, Task, TaskKind
from . import functions, rankings
from .fold_mean import Mean
from .functions import Numbers, Weights

Needs = Literal["probabilities", "classes", "values"]
Function = Callable[[Numbers, Numbers, Weights], float]

_BINARY: frozenset[TaskKind] = frozenset({"binary"})
_MULTICLASS: frozenset[TaskKind] = frozenset({"multiclass"})
_NUMBERS: frozenset[TaskKind] = frozenset({"regression", "forecasting"})
_QUANTILE: frozenset[TaskKind] = frozenset({"quantile"})
_RANKING: frozenset[TaskKind] = frozenset({"ranking"})
SCALED = frozenset({"rmse", "mae", "mse", "median_absolute_error"})
"""Metrics by which forecasts are compared in units of how much each series usually changes: in the values' own unit large
series would drown small ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric.

    Args:
        name: Its name in the table below, or that of the function that was given.
        greater_is_better: False for losses.
        needs: What it is computed of. "classes" are decisions: the class of the highest probability.
        tasks: The tasks that it fits.
        function: (truth, prediction, weights) to the number that people read.
        named: Whether it is in the table, so that an experiment can be resumed by the name alone.
        mean: How the scores of folds become one.
    """

    name: str
    greater_is_better: bool
    needs: Needs
    tasks: frozenset[TaskKind]
    function: Function
    named: bool = True
    mean: Mean = "arithmetic"

    def score(self, truth: Numbers, prediction: Numbers, weights: Weights = None) -> float:
        """The number with greater as better: losses are negated.

        Args:
            truth: Positions of classes, or numbers; of rankings relevance and query.
            prediction: Probabilities of shape (rows, classes), or numbers.
            weights: One number a row, or None.
        """
        if self.needs == "classes":
            prediction = np.argmax(prediction, axis=1)
        value = float(self.function(truth, prediction, weights))
        return value if self.greater_is_better else -value

    @property
    def of_values(self) -> bool:
        """Whether a search for forecasts tells it values; else what is told is in units of how much each series changes."""
        return not self.named or self.name not in SCALED

    def read(self, score: float) -> float:
        """A score as people read this metric: losses are positive."""
        return score if self.greater_is_better else -score


def _metric(
    name: str,
    function: Function,
    needs: Needs,
    tasks: frozenset[TaskKind],
    *,
    loss: bool = False,
    mean: Mean = "arithmetic",
) -> tuple[str, Metric]:
    return name, Metric(name=name, greater_is_better=not loss, needs=needs, tasks=tasks, function=function, mean=mean)


METRICS: dict[str, Metric] = dict(
    (
        _metric("roc_auc", functions.roc_auc, "probabilities", _BINARY),
        _metric("average_precision", functions.average_precision, "probabilities", _BINARY),
        _metric("brier", functions.brier, "probabilities", _BINARY, loss=True),
        _metric("f1", functions.f1, "classes", _BINARY),
        _metric("precision", functions.precision, "classes", _BINARY),
        _metric("recall", functions.recall, "classes", _BINARY),
        _metric("log_loss", functions.log_loss, "probabilities", CLASSIFICATION, loss=True),
        _metric("accuracy", functions.accuracy, "classes", CLASSIFICATION),
        _metric("balanced_accuracy", functions.balanced_accuracy, "classes", CLASSIFICATION),
        _metric("f1_macro", functions.f1_macro, "classes", CLASSIFICATION),
        _metric("f1_micro", functions.f1_micro, "classes", CLASSIFICATION),
        _metric("f1_weighted", functions.f1_weighted, "classes", CLASSIFICATION),
        _metric("matthews", functions.matthews, "classes", CLASSIFICATION),
        _metric("kappa", functions.kappa, "classes", CLASSIFICATION),
        _metric("roc_auc_ovr", functions.roc_auc_ovr, "probabilities", _MULTICLASS),
        _metric("rmse", functions.rmse, "values", _NUMBERS, loss=True, mean="quadratic"),
        _metric("mse", functions.mse, "values", _NUMBERS, loss=True),
        _metric("mae", functions.mae, "values", _NUMBERS, loss=True),
        _metric("median_absolute_error", functions.median_absolute_error, "values", _NUMBERS, loss=True),
        _metric("mape", functions.mape, "values", _NUMBERS, loss=True),
        _metric("smape", functions.smape, "values", _NUMBERS, loss=True),
        _metric("rmsle", functions.rmsle, "values", _NUMBERS, loss=True, mean="quadratic"),
        _metric("r2", functions.r2, "values", _NUMBERS),
        _metric("ndcg@10", partial(rankings.ndcg, 10), "values", _RANKING),
        _metric("ndcg@5", partial(rankings.ndcg, 5), "values", _RANKING),
        _metric("ndcg", partial(rankings.ndcg, np.inf), "values", _RANKING),
        _metric("map", rankings.average_precision, "values", _RANKING),
        _metric("mrr", rankings.reciprocal_rank, "values", _RANKING),
    )
)
"""The metrics by name; "pinball" is made for a task, because it needs its quantiles."""

_ALIASES = {
    "auc": "roc_auc",
    "neg_log_loss": "log_loss",
    "logloss": "log_loss",
    "cross_entropy": "log_loss",
    "neg_brier_score": "brier",
    "brier_score": "brier",
    "roc_auc_ovr_macro": "roc_auc_ovr",
    "matthews_corrcoef": "matthews",
    "mcc": "matthews",
    "quadratic_kappa": "kappa",
    "neg_root_mean_squared_error": "rmse",
    "root_mean_squared_error": "rmse",
    "neg_mean_squared_error": "mse",
    "mean_squared_error": "mse",
    "neg_mean_absolute_error": "mae",
    "mean_absolute_error": "mae",
    "neg_median_absolute_error": "median_absolute_error",
    "neg_mean_absolute_percentage_error": "mape",
    "neg_root_mean_squared_log_error": "rmsle",
    "neg_mean_pinball_loss": "pinball",
}
_LOSS = re.compile(r"^(?!neg_).*(_|^)(error|loss|deviance|rmse|rmsle|mse|mae|mape|smape)$")
"""Names of functions of which smaller is better, as scikit-learn names them."""
_LOOKED_FOR = frozenset({"f1", "precision", "recall", "average_precision"})
"""Metrics of two classes that count one of them."""
_DEFAULTS: dict[TaskKind, str] = {
    "binary": "roc_auc",
    "multiclass": "log_loss",
    "regression": "rmse",
    "forecasting": "rmse",
    "quantile": "pinball",
    "ranking": "ndcg@10",
}


def find_metric(wanted: Any, task: Task) -> Metric:
    """The metric of this name, the task's default for "auto", or one that is made of a function or a scorer.

    A plain function gets (truth, prediction) as they are in the data (classes, not probabilities; of forecasts the values
    of several series and steps ahead together) and greater is better;
    scorers made by `sklearn.metrics.make_scorer` say themselves what they need and which way is better.

    Raises:
        SettingUnusable: when there is no such metric, or it does not fit the task.
    """
    if callable(wanted):
        return _from_callable(wanted, task)
    name = str(wanted)
    if name == "auto":
        name = _DEFAULTS.get(task.kind, "")
    if name == "roc_auc" and task.kind == "multiclass":
        name = "roc_auc_ovr"
    name = _ALIASES.get(name, name)
    if name == "pinball" and task.kind == "quantile":
        return _pinball(task)
    fitting = metric_names(task.kind)
    if name in fitting:
        return METRICS[name]
    if name in METRICS or name == "pinball":
        raise SettingUnusable(
            f"The metric {name} does not fit a {task.kind} task.", hint=f"Metrics that do: {', '.join(fitting)}."
        )
    near = difflib.get_close_matches(name, fitting, n=1)
    guess = f"Did you mean {near[0]}? " if near else ""
    raise SettingUnusable(
        f"There is no metric named {wanted!r}.", hint=f"{guess}For a {task.kind} task there are: {', '.join(fitting)}."
    )


def looked_for(metric: Metric, task: Task) -> str:
    """Which class a metric counts, as a sentence; empty where it counts all alike."""
    if not metric.named or metric.name not in _LOOKED_FOR:
        return ""
    return f"{metric.name} counts {task.classes[1]!r} as the class that is looked for: the second one in sorted order."


def metric_names(kind: TaskKind) -> list[str]:
    """The names of the metrics that fit a kind of task, its default first."""
    if kind == "quantile":
        return ["pinball"]
    default = _DEFAULTS.get(kind, "")
    return sorted((name for name, each in METRICS.items() if kind in each.tasks), key=lambda name: name != default)


def _pinball(task: Task) -> Metric:
    return Metric(
        name="pinball",
        greater_is_better=False,
        needs="values",
        tasks=_QUANTILE,
        function=partial(functions.pinball, task.quantiles),
    )


def _from_callable(wanted: Any, task: Task) -> Metric:
    function = getattr(wanted, "_score_func", wanted)
    name = getattr(function, "__name__", type(function).__name__)
    if function is wanted and _LOSS.search(name):
        raise SettingUnusable(
            f"The metric {name} is a loss by its name, and of functions greater is better: the worst model would be chosen.",
            hint=f"Give `sklearn.metrics.make_scorer({name}, greater_is_better=False)`, or the name of a metric: "
            f"{', '.join(metric_names(task.kind))}.",
        )
    options: dict[str, Any] = getattr(wanted, "_kwargs", {})
    response = getattr(wanted, "_response_method", "predict")
    methods = (response,) if isinstance(response, str) else tuple(response)
    on_probabilities = task.classifies and methods != ("predict",)
    labels = np.asarray(task.classes, dtype=object) if task.classifies else None
    if task.kind == "ranking":
        function = rankings.mean_over_queries(function)

    def compute(truth: Numbers, prediction: Numbers, weights: Weights) -> float:
        given = {} if weights is None else {"sample_weight": weights}
        if labels is not None:
            truth = _as_in_data(labels[truth.astype(np.intp)])
            if on_probabilities:
                prediction = prediction[:, 1] if prediction.shape[1] == 2 else prediction
            else:
                prediction = _as_in_data(labels[prediction])
        try:
            try:
                return float(function(truth, prediction, **options, **given))
            except TypeError:
                if weights is None:
                    raise
                return float(function(truth, prediction, **options))
        except Exception as error:
            raise SettingUnusable(
                f"The metric {name} could not be computed: {type(error).__name__}: {error}.",
                hint="It is called with (truth, prediction), arrays of the same length, and gives a number.",
            ) from error

    needs: Needs = ("probabilities" if on_probabilities else "classes") if task.classifies else "values"
    return Metric(
        name=name,
        greater_is_better=getattr(wanted, "_sign", 1) > 0,
        needs=needs,
        tasks=frozenset({task.kind}),
        function=compute,
        named=False,
    )


def _as_in_data(labels: Numbers) -> Numbers:
    """An array of objects as the narrowest type that holds them, which is what metrics expect."""
    return np.asarray(labels.tolist())
