"""All explanations of a model on some rows, each made when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lumina_jupyter.automl.explain.calibration import Calibration, calibration
from lumina_jupyter.automl.explain.confusion import Confusion, confusion
from lumina_jupyter.automl.explain.curves import Curves, precision_recall, roc
from lumina_jupyter.automl.explain.dependence import Dependence, dependence
from lumina_jupyter.automl.explain.importance import Importance, importance
from lumina_jupyter.automl.explain.residuals import Residuals, residuals
from lumina_jupyter.automl.explain.rows import Rows
from lumina_jupyter.automl.explain.scores import Scores, scores
from lumina_jupyter.automl.explain.shapley import Shapley, shapley
from lumina_jupyter.automl.explain.subgroups import Subgroups, subgroups
from lumina_jupyter.automl.explain.worst import WorstErrors, worst_errors

BACKGROUND = 200


class Explanations:
    """What a model does on rows that it was not trained on.

    Every method gives a result with a `table` (a data frame) and a `figure(theme="auto")`.

    Args:
        rows: The rows, with their truths and predictions.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

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
        """Whether probabilities, or quantiles, hold what they say."""
        return calibration(self.rows)

    def residuals(self) -> Residuals:
        """By how much numbers are missed."""
        return residuals(self.rows)

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
