"""Other models than the one that a search has put together: single ones in its place, and it itself trained anew."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any, Self

from sklearn.utils.validation import check_is_fitted

from lumina_jupyter.errors import SettingUnusable

from ..alternatives.alternatives import Alternative, alone_of, find_alternatives, train_on_all_rows
from ..alternatives.refitting import refit_blend
from ..execution.job import ALL_ROWS
from ..fitting.preparation import read_weights, take_weights
from ..forecasting.preparation import read_again
from ..resources import cores_of
from ..showing.leaderboard import leaderboard
from ..tables.frames import Table, align
from ..tables.queries import queries_of
from ..tables.truth import truth_of
from .fitted import Fitted


class OtherModels(Fitted):
    """The methods that give other models."""

    @property
    def alternatives_(self) -> dict[str, Alternative]:
        """Single models in place of the blend: "fast", "small", "interpretable". They are looked for when it is first read."""
        check_is_fitted(self)
        if not hasattr(self, "_alternatives"):
            problem = self._problem()
            self._alternatives = find_alternatives(self.trials_, problem, self.experiment_, self.metric_)
        return self._alternatives

    def alternative(self, name: str) -> Self:
        """One of `alternatives_`, trained on all rows: an object that predicts like this one.

        Args:
            name: Its name there: "fast", "small" or "interpretable".

        Raises:
            SettingUnusable: when there is none of this name.
            NothingTrained: when it can't be trained.
        """
        found = self.alternatives_
        if name not in found:
            raise SettingUnusable(f"There is no alternative {name!r}.", hint=f"There are: {', '.join(found)}.")
        chosen = found[name]
        trial = next(each for each in self.trials_ if each.number == chosen.trial)
        problem = self._problem()
        model = train_on_all_rows(trial, self.experiment_, self.experiment_.spec()["seed"])
        made = copy(self)
        for cached in ("_errors", "_trained_on"):
            made.__dict__.pop(cached, None)
        if problem.series is not None:
            made.series_ = problem.series
        made.weights_ = {trial.number: 1.0}
        made.parts_ = {trial.number: (ALL_ROWS,)}
        made.best_score_ = chosen.score
        made.best_pipeline_ = alone_of(model, self.task_)
        made.leaderboard_ = leaderboard(self.trials_, self.metric_, made.weights_)
        return made

    def refit(self, X: Any = None, y: Any = None, *, sample_weight: Any = None, groups: Any = None) -> Self:
        """Train the blend's members anew, each once on all rows, with no search.

        Args:
            X: A table with the same columns; None for the one that was searched with.
            y: Its target, or the name of its column; None for the column that was searched with.
            sample_weight: How much each row of `X` counts, or the name of a column that says so. Without a table the search's
                own weights count again.
            groups: For rankings: the queries, as for `score`.

        Raises:
            DataUnusable: when the table does not fit.
            SettingUnusable: when weights are given without a table.
            ExperimentMissing: when the search is no longer there.
        """
        check_is_fitted(self)
        problem = self._problem()
        if sample_weight is not None and (X is None or self._forecasts()):
            raise SettingUnusable(
                "Weights belong to the rows of a table, and forecasts take none.",
                hint="Give the table, too: `refit(X, y)`.",
            )
        if X is not None and self._forecasts():
            series, frame, target = read_again(self.series_, X, y)
            problem = replace(problem, features=frame, target=target, weights=None, series=series)
        elif X is not None:
            table, values = self._parted(X, y)
            table, given = take_weights(table, sample_weight)
            frame = align(Table(frame=table), self.schema_).frame
            target = truth_of(values, self.task_, len(frame), queries_of(table, groups, self.task_, sample_weight))
            weights = None if given is None else read_weights(given, len(frame))
            problem = replace(problem, features=frame, target=target, weights=weights)
        workers, threads = cores_of(self.n_jobs, len(problem.features))
        self.best_pipeline_ = refit_blend(
            self.trials_,
            self.weights_,
            frame=problem.features,
            target=problem.target,
            sample_weight=problem.weights,
            task=self.task_,
            schema=self.schema_,
            seed=self.experiment_.spec()["seed"],
            threads=workers * threads,
        )
        if problem.series is not None:
            self.series_ = problem.series
        self.parts_ = dict.fromkeys(self.weights_, (ALL_ROWS,))
        self._trained_on = problem
        return self
