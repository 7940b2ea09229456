"""All explanations of a model on some rows, each made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lumina_jupyter.automl.explain.calibration import Calibration, calibration
from lumina_jupyter.automl.explain.confusion import Confusion, confusion
from lumina_jupyter.automl.explain.curves import Curves, precision_recall, roc
from lumina_jupyter.automl.explain.dependence import Dependence, dependence
from lumina_jupyter.automl.explain.importance import Importance, importance
from lumina_jupyter.automl.explain.learning import LearningCurve
from lumina_jupyter.automl.explain.needs import forecasts_in
from lumina_jupyter.automl.explain.outlook import Forecaster, Outlook, outlook
from lumina_jupyter.automl.explain.residuals import Residuals, residuals
from lumina_jupyter.automl.explain.rows import Rows
from lumina_jupyter.automl.explain.scores import Scores, scores
from lumina_jupyter.automl.explain.shapley import Shapley, shapley
from lumina_jupyter.automl.explain.steps import StepScores, step_scores
from lumina_jupyter.automl.explain.subgroups import Subgroups, subgroups
from lumina_jupyter.automl.explain.worst import WorstErrors, worst_errors

BACKGROUND = 200


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

    def importance(self, columns: Sequence[str] | None = None, *, seconds: float = 60.0) -> Importance:
        """By how much the model gets worse when a column is shuffled."""
        return importance(self.rows, columns, seconds=seconds)

    def shapley(self, positions: Sequence[int] = (0,), *, of: Any = None, pairs: int = 16) -> Shapley:
        """What each column adds to the predictions of some rows, by their positions among these rows."""
        chosen = self.rows.take(np.asarray(positions, dtype=np.intp))
        return shapley(chosen, self.rows.sample(BACKGROUND), of=of, pairs=pairs)

    def dependence(self, column: str, *, of: Any = None) -> Dependence:
        """How predictions go with a column, all else as it is."""
        return dependence(self.rows, column, of=of)

    def subgroups(self, columns: Sequence[str] | None = None) -> Subgroups:
        """How good the model is for parts of the rows."""
        return subgroups(self.rows, columns)

    def worst_errors(self, count: int = 20) -> WorstErrors:
        """The rows that the model is most wrong about."""
        return worst_errors(self.rows, count)
