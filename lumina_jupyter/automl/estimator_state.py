"""What a search leaves behind in an `AutoML` object, and what scikit-learn may know of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils import ClassifierTags, RegressorTags
from sklearn.utils.validation import check_is_fitted

from .candidate import Trial
from .columns import Schema
from .estimator_parameters import Parameters
from .experiment.experiment import Experiment
from .fitting import Fit
from .leaderboard import leaderboard
from .metrics import Metric
from .plain.blend import Blend
from .plain.lag_table import LagTable
from .search.skill import Verdict
from .task import Task
from .validation import Validation


class Fitted(Parameters):
    """An object that may be fitted; its attributes end with an underscore once it is."""

    task_: Task
    schema_: Schema
    validation_: Validation
    series_: LagTable
    metric_: Metric
    experiment_: Experiment
    trials_: tuple[Trial, ...]
    weights_: dict[int, float]
    parts_: dict[int, tuple[int, ...]]
    verdict_: Verdict | None
    best_pipeline_: Blend
    best_score_: float
    told_: list[str]
    leaderboard_: pd.DataFrame
    n_features_in_: int
    feature_names_in_: NDArray[Any]
    classes_: NDArray[Any]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        task = self.task_.kind if hasattr(self, "task_") else self.task
        if task in {"binary", "multiclass"}:
            tags.estimator_type, tags.classifier_tags = "classifier", ClassifierTags()
        elif task in {"regression", "quantile"}:
            tags.estimator_type, tags.regressor_tags = "regressor", RegressorTags()
        else:
            tags.classifier_tags, tags.regressor_tags = ClassifierTags(), RegressorTags()
        tags.target_tags.required = True
        tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = True
        tags.input_tags.sparse = True
        # How many candidates there is time for differs from run to run.
        tags.non_deterministic = True
        return tags

    def _forecasts(self) -> bool:
        check_is_fitted(self)
        return bool(self.task_.kind == "forecasting")

    def _take(self, made: Fit) -> None:
        """Keep what a search has left behind."""
        found = made.found
        self.task_ = made.problem.task
        self.schema_ = made.problem.schema
        self.validation_ = made.problem.validation
        if made.problem.series is not None:
            self.series_ = made.problem.series
        self.metric_ = made.metric
        self.experiment_ = made.experiment
        self.__dict__.pop("_alternatives", None)
        self.trials_ = found.book.trials
        self.weights_ = dict(found.selected.weights)
        self.parts_ = dict(found.selected.parts)
        self.verdict_ = found.selected.verdict
        self.best_pipeline_ = found.model
        self.best_score_ = made.metric.read(found.selected.score)
        self.told_ = made.session.texts
        self.leaderboard_ = leaderboard(self.trials_, made.metric, self.weights_)
        self.n_features_in_ = len(made.problem.schema.columns)
        if made.problem.task.classifies:
            self.classes_ = np.asarray(made.problem.task.classes)

    def _name_features(self, X: Any) -> None:
        names = list(X.columns) if isinstance(X, pd.DataFrame) else []
        if hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        if names and not self._forecasts() and all(isinstance(name, str) for name in names):
            self.feature_names_in_ = np.asarray([column.name for column in self.schema_.columns], dtype=object)
