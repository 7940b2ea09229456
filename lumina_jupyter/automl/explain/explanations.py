"""All explanations of a model on some rows, each made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lumina_jupyter.automl.explain.calibration import Calibration, calibration
from lumina_jupyter.automl.explain.confusion import Confusion, confusion
from lumina_jupyter.automl.explain.curves import Curves, precision_recall, roc
from lumina_jupyter.automl.explain.dependence import Dependence, dependence
from lumina_jupyter.automl.explain.importance import Importance, importance
from lumina_jupyter.automl.explain.learning import LearningCurve
from lumina_jupyter.automl.explain.needs import columns_in, forecasts_in, positions_in
from lumina_jupyter.automl.explain.outlook import Forecaster, Outlook, outlook
from lumina_jupyter.automl.explain.residuals import Residuals, residuals
from lumina_jupyter.automl.explain.rows import Rows
from lumina_jupyter.automl.explain.scores import Scores, scores
from lumina_jupyter.automl.explain.shapley import Shapley, shapley
from lumina_jupyter.automl.explain.steps import StepScores, step_scores
from lumina_jupyter.automl.explain.subgroups import Subgroups, subgroups
from lumina_jupyter.automl.explain.worst import WorstErrors, worst_errors
from lumina_jupyter.automl.task import TaskKind

BACKGROUND = 200
_ALWAYS = ("scores", "importance", "shapley", "dependence", "subgroups", "learning_curve")
_FITTING: dict[TaskKind, tuple[str, ...]] = {
    "binary": ("worst_errors", "confusion", "roc", "precision_recall", "calibration"),
    "multiclass": ("worst_errors", "confusion", "roc", "precision_recall", "calibration"),
    "regression": ("worst_errors", "residuals"),
    "quantile": ("worst_errors", "residuals", "calibration"),
    "forecasting": ("worst_errors", "residuals", "calibration", "steps", "forecast"),
}
"""What fits a task beside what fits all."""


class Explanations:
    """What a model does on rows that it was not trained on.

    Every method gives a result with a `table` (a data frame) and a `figure(theme="auto")`. One that does not fit the task
    raises `SettingUnusable` and says which one does.

    Args:
        rows: The rows, with their truths and predictions.
        learn: Trains the model's weightiest member on parts of the rows, within so many seconds.
        forecaster: What makes forecasts, where there are any.
    """

    def __init__(
        self, rows: Rows, *, learn: Callable[[float], LearningCurve], forecaster: Callable[[], Forecaster]
    ) -> None:
        self.rows = rows
        self._learn = learn
        self._forecaster = forecaster

    def __repr__(self) -> str:
        task = self.rows.task
        there = ", ".join(f"{name}()" for name in (*_ALWAYS, *_FITTING.get(task.kind, ())))
        return (
            f"Explanations of {task.target!r} ({task.kind}) on {len(self.rows):,} rows that the model was not trained on: "
            f"{there}. Each has a `table` and a `figure()`."
        )

    def scores(self) -> Scores:
        """Every metric that fits the task, with its 95 % interval."""
        return scores(self.rows)

    def confusion(self) -> Confusion:
        """Which classes are taken for which."""
        return confusion(self.rows)

    def roc(self) -> Curves:
        """The ROC curve; one a class where there are more than two."""
        return roc(self.rows)

    def precision_recall(self) -> Curves:
        """The precision-recall curve; one a class where there are more than two."""
        return precision_recall(self.rows)

    def calibration(self) -> Calibration:
        """Whether probabilities, or quantiles, hold what they say; of forecasts, whether their intervals do."""
        return calibration(self.rows)

    def residuals(self) -> Residuals:
        """By how much numbers are missed."""
        return residuals(self.rows)

    def steps(self) -> StepScores:
        """How good forecasts are by how far ahead they look, beside naive ones."""
        return step_scores(self.rows)

    def forecast(self, series: Any = None, *, known: Any = None, level: float = 0.8) -> Outlook:
        """A series as it was, as the last backtest foretold it, and as it is forecast, with intervals.

        Args:
            series: The value, or values, that tell it apart; None takes the first.
            known: Moments to come with what is known of them; needed where there is such a thing.
            level: How many of the values to come are to lie within the interval.
        """
        forecasts_in(self.rows, "A plot of a forecast")
        return outlook(self._forecaster(), self.rows, series, known, level)

    def learning_curve(self, *, seconds: float = 60.0) -> LearningCurve:
        """What more rows would bring: the model's weightiest member, trained on ever larger parts of the rows.

        Args:
            seconds: After them no further fit is begun; at least each part's first fold is trained.

        Raises:
            ExperimentMissing: when the rows that were trained on are no longer there.
        """
        return self._learn(seconds)

    def importance(self, columns: str | Sequence[str] | None = None, *, seconds: float = 60.0) -> Importance:
        """By how much the model gets worse when a column is shuffled.

        Args:
            columns: Which; None for all. Of forecasts also what features are made of, such as "calendar".
            seconds: After them no further column is begun; `left_out` names those that there was no time for.

        Raises:
            SettingUnusable: when there is no such column.
        """
        groups = None if self.rows.ahead is None else self.rows.ahead.groups
        named = None if columns is None else columns_in(self.rows, columns, groups)
        return importance(self.rows, named, seconds=seconds)

    def shapley(self, rows: Any = None, *, of: Any = None, pairs: int = 16) -> Shapley:
        """What each column adds to the predictions of some rows, beside the mean of others.

        Args:
            rows: Which, as `worst_errors().table.index` names them: by their places in the table, counted from 0. None takes
                the first; 50 are explained at most.
            of: The class or the quantile whose prediction is explained; to be named where there are more than two classes.
            pairs: In how many orders columns are added, each forwards and backwards: more make it surer and slower.

        Raises:
            SettingUnusable: when there is no such row, class or quantile.
        """
        chosen = self.rows.take(positions_in(self.rows, rows))
        return shapley(chosen, self.rows.sample(BACKGROUND), of=of, pairs=pairs)

    def dependence(self, column: str, *, of: Any = None) -> Dependence:
        """How predictions go with a column, all else as it is (partial dependence).

        Args:
            column: Its name.
            of: The class or the quantile whose prediction is shown; to be named where there are more than two classes.

        Raises:
            SettingUnusable: when there is no such column, class or quantile.
        """
        return dependence(self.rows, column, of=of)

    def subgroups(self, columns: str | Sequence[str] | None = None) -> Subgroups:
        """How good the model is for parts of the rows, beside all other rows.

        Args:
            columns: By which columns rows are parted; None takes those with few values, and numbers in four parts.

        Raises:
            SettingUnusable: when there is no such column.
        """
        return subgroups(self.rows, None if columns is None else list(columns_in(self.rows, columns)))

    def worst_errors(self, count: int = 20) -> WorstErrors:
        """The rows that the model is most wrong about.

        Args:
            count: How many.
        """
        return worst_errors(self.rows, count)
