"""What a search leaves behind in an `AutoML` object, and what scikit-learn may know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils import ClassifierTags, RegressorTags
from sklearn.utils.validation import check_is_fitted

from lumina_jupyter.errors import ExperimentMissing

from ..candidate import Trial
from ..columns import Schema
from ..experiment.experiment import Experiment
from ..experiment.problem import Problem, load_problem
from ..fitting.fit import Fit
from ..metrics.metric import Metric
from ..plain.blend import Blend
from ..plain.lag_table import LagTable
from ..plain.step_errors import StepErrors
from ..search.skill import Verdict
from ..showing.leaderboard import leaderboard
from ..tables.target import split_target
from ..task import Task
from ..validation import Validation
from .parameters import Parameters

if TYPE_CHECKING:
    from ..explain.outlook import Forecaster


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
    verdict_: Verdict | None = None
    best_pipeline_: Blend
    best_score_: float
    told_: list[str]
    leaderboard_: pd.DataFrame
    n_features_in_: int
    feature_names_in_: NDArray[Any]
    classes_: NDArray[Any]
    _errors: StepErrors
    _trained_on: Problem | None = None
    """What `refit` has trained the model on, where it was called."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        task = self.task_.kind if hasattr(self, "task_") else self.task
        if task in {"binary", "multiclass"}:
            tags.estimator_type, tags.classifier_tags = "classifier", ClassifierTags(multi_class=self.task != "binary")
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

    def _parted(self, X: Any, y: Any) -> tuple[pd.DataFrame, Any]:
        """Rows and their target, which is the column that was learned where none is named."""
        table, values, _ = split_target(X, self.task_.target if y is None else y)
        return table, values

    def _problem(self) -> Problem:
        """The table, the target and the folds of the search.

        Raises:
            ExperimentMissing: when they are no longer there.
        """
        if not hasattr(self, "experiment_"):
            raise ExperimentMissing(
                "The search of this model is not in its file.",
                hint="Explain it with rows of your own, `explain(X, y)`, or open its experiment: `AutoML.open(name)`.",
            )
        try:
            return load_problem(self.experiment_.folder)
        except OSError as error:
            raise ExperimentMissing(
                f"What the experiment {self.experiment_.name!r} has kept can't be read any more: {error}.",
                hint="Search again, and give the experiment a name: `AutoML(name=…)`.",
            ) from error

    def _step_errors(self) -> StepErrors:
        """How sure forecasts are, by the backtest."""
        if not hasattr(self, "_errors"):
            from ..explain.forecasts import errors_of, held_out_forecasts

            self._errors = errors_of(held_out_forecasts(self.experiment_, self._problem(), self.weights_, self.metric_))
        return self._errors

    def _forecaster(self) -> Forecaster:
        from ..explain.outlook import Forecaster

        return Forecaster(table=self.series_, model=self.best_pipeline_, errors=self._step_errors())

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
        for name in ("_alternatives", "_errors", "_trained_on"):
            self.__dict__.pop(name, None)
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
