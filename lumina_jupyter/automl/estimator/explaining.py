"""How an `AutoML` object accounts for itself: explanations, reasons, a card."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn.utils.validation import check_is_fitted

from ..tables.frames import align, read_table
from ..tables.queries import queries_of
from ..tables.truth import truth_of
from .fitted import Fitted

if TYPE_CHECKING:
    from ..alternatives.judgement import Choice
    from ..card.card import Card
    from ..explain.explanations import Explanations
    from ..explain.learning import LearningCurve


class Explaining(Fitted):
    """The methods that say why, and how well."""

    def explain(self, X: Any = None, y: Any = None, *, groups: Any = None) -> Explanations:
        """Explanations on rows that the model was not trained on.

        Args:
            X: A table with its target in it or beside it; by default the rows that the search held out, each of which is
                explained by the models that had not seen it. For forecasting: moments whose values are known by now.
            y: The target, or the name of its column in `X`; None for the column that was learned.
            groups: For rankings: the queries, as for `score`.

        Raises:
            DataUnusable: when the table does not fit, or what the folds predicted is no longer there.
            ExperimentMissing: when no rows are given, and the search is no longer there.
        """
        from ..explain.explanations import Explanations
        from ..explain.rows import held_out_rows, rows_of

        check_is_fitted(self)
        if self._forecasts():
            return self._explained_forecasts(X, y)
        if X is None:
            problem = self._problem()
            rows = held_out_rows(self.experiment_, problem, self.weights_, self.metric_)
        else:
            table, values = self._parted(X, y)
            frame = align(read_table(table), self.schema_).frame
            truth = truth_of(values, self.task_, len(frame), queries_of(table, groups, self.task_))
            in_order = hasattr(self, "validation_") and self.validation_.kind == "forward"
            rows = rows_of(self.best_pipeline_, frame, truth, self.task_, self.metric_, in_order=in_order)
        return Explanations(rows, learn=self._learning_curve, forecaster=self._forecaster)

    def explain_choice(self) -> Choice:
        """Why this model, what the next best costs, and when another one is the better choice.

        Raises:
            ExperimentMissing: when the search is no longer there.
        """
        from ..alternatives.judgement import Chosen, explain_choice

        check_is_fitted(self)
        self._problem()
        verdict = self.verdict_
        return explain_choice(
            Chosen(
                trials=self.trials_,
                weights=self.weights_,
                score=self.best_score_,
                metric=self.metric_,
                alternatives=self.alternatives_,
                parts=self.parts_,
                held_out=[len(fold.test) for fold in self.validation_.folds],
                verdict=verdict.text if verdict else "",
                skill=verdict.skill if verdict else True,
            )
        )

    def model_card(self, path: str | Path | None = None) -> Card:
        """A card in Markdown and HTML: how good the model is and for whom, what it needs, what it is made of, where it ends.

        Args:
            path: Where to write it, as HTML when the name ends so; None writes nothing.

        Raises:
            ExperimentMissing: when the search is no longer there.
        """
        from ..card.card import model_card
        from ..card.facts import facts_of

        check_is_fitted(self)
        problem = self._problem()
        card = model_card(facts_of(self, self.explain(), problem))
        if path is not None:
            card.save(path)
        return card

    def _explained_forecasts(self, X: Any, y: Any) -> Explanations:
        from ..explain.explanations import Explanations
        from ..explain.forecasts import forecasts_of, held_out_forecasts

        if X is None:
            problem = self._problem()
            rows = held_out_forecasts(self.experiment_, problem, self.weights_, self.metric_)
        else:
            table, values = self._parted(X, y)
            frame = read_table(table).frame
            truth = truth_of(values, self.task_, len(frame))
            rows = forecasts_of(self.series_, self.best_pipeline_, frame, truth, self.task_, self.metric_)
        return Explanations(rows, learn=self._learning_curve, forecaster=self._forecaster)

    def _learning_curve(self, seconds: float) -> LearningCurve:
        from ..explain.learning import learning_curve

        problem = self._problem()
        trials = {trial.number: trial for trial in self.trials_}
        weightiest = max(self.weights_, key=lambda number: self.weights_[number])
        learn = partial(learning_curve, trials[weightiest].candidate, problem, self.metric_)
        return learn(seconds=seconds, seed=self.experiment_.spec()["seed"])
