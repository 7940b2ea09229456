"""`AutoML`: an estimator in scikit-learn's sense that searches for a model of a table in a given time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import ClassifierTags, RegressorTags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from lumina_jupyter.errors import DataUnusable, SettingUnusable

from .after_fit import AfterFit
from .alternatives import Alternative, find_alternatives, train_on_all_rows
from .execution.job import ALL_ROWS
from .experiment.experiment import Experiment
from .experiment.problem import load_problem
from .fitting import Fit, fit, resume
from .forecasting.preparation import read_again, read_forecast
from .frames import Table, align, read_table
from .leaderboard import leaderboard
from .plain.blend import Blend
from .plain.lag_table import LagTable
from .progress import Listener
from .refitting import refit_blend
from .scoring import truth_of
from .search.session import Session
from .showing import watched
from .target import split_target


def _may_classify(model: AutoML) -> bool:
    """Whether it has classes, as far as that is known."""
    if hasattr(model, "task_"):
        return model.task_.classifies
    return model.task in {"auto", "binary", "multiclass"}


class AutoML(AfterFit, BaseEstimator):
    """Searches for the best model of a table in a given time, and predicts with it.

    Args:
        task: "binary", "multiclass", "regression", "quantile", "forecasting"; "auto" finds out which of the first three it
            is from the target.
        metric: By which models are compared: a name, a function (truth, prediction) of which greater is better, or a
            scorer of scikit-learn's; "auto" takes what is usual for the task.
        time_budget: Seconds from the call of `fit` to its return.
        memory_budget: Bytes that the search may take beside this process; None for most of what is free.
        n_jobs: How many cores are used in all; None or -1 for all.
        random_state: For whatever is random.
        families: Names of the families of models that are tried; None for all.
        kinds: What columns hold, by their names, where it is not what is found in them.
        folds: How many folds, a splitter of scikit-learn, or pairs of positions (train, test); None chooses.
        quantiles: Which ones are predicted, for the task "quantile".
        horizon: How many steps ahead, for the task "forecasting"; None takes what repeats itself in the series.
        max_trials: How many candidates are tried at most; None for as many as there is time for.
        name: The experiment's name, by which it is resumed; one is made when it is empty.
        verbose: 0 shows nothing, 1 the progress.
    """

    feature_names_in_: NDArray[Any]
    parts_: dict[int, tuple[int, ...]]
    series_: LagTable

    def __init__(
        self,
        task: str = "auto",
        metric: Any = "auto",
        *,
        time_budget: float = 60.0,
        memory_budget: float | None = None,
        n_jobs: int | None = None,
        random_state: Any = 0,
        families: Sequence[str] | None = None,
        kinds: Any = None,
        folds: Any = None,
        quantiles: Sequence[float] = (0.1, 0.5, 0.9),
        horizon: int | None = None,
        max_trials: int | None = None,
        name: str = "",
        verbose: int = 1,
    ) -> None:
        self.task = task
        self.metric = metric
        self.time_budget = time_budget
        self.memory_budget = memory_budget
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.families = families
        self.kinds = kinds
        self.folds = folds
        self.quantiles = quantiles
        self.horizon = horizon
        self.max_trials = max_trials
        self.name = name
        self.verbose = verbose

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

    # --- learning

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        groups: Any = None,
        time: Any = None,
        series: Any = None,
        sample_weight: Any = None,
    ) -> AutoML:
        """Search. An interrupt ends the search early, and the best so far is kept.

        Args:
            X: A table: pandas, polars, Arrow, NumPy, a dict of columns.
            y: The target, or the name of its column in `X`.
            groups: The name of a column, or a value for each row, whose rows stay together; False never groups.
            time: The name of a column, or a value for each row, by which rows are in order; True takes the rows' own
                order, False never looks forward in time. For forecasting: the name of the column of moments.
            series: For forecasting: the name or names of the columns that tell series apart; None for a single one.
            sample_weight: How much each row counts.

        Raises:
            DataUnusable: when nothing can be learned from the data as they are.
            SettingUnusable: when a parameter does not fit the data, or does not exist.
            NothingTrained: when the time was over before the first model was trained.
        """
        self._run(
            lambda session: fit(self, session, X, y, groups=groups, time=time, series=series, weights=sample_weight),
            self.time_budget,
            getattr(self, "_listeners", ()),
        )
        self._name_features(X)
        return self

    @classmethod
    def resume(
        cls,
        name: str,
        *,
        time_budget: float | None = None,
        metric: Any = None,
        verbose: int = 1,
        listeners: Sequence[Listener] = (),
    ) -> AutoML:
        """Go on with a search whose process has died, or that has ended; nothing that was trained is trained again.

        Args:
            name: The experiment's name.
            time_budget: For how many more seconds; None for what is left of its budget. With nothing left, what was found
                is put together again.
            metric: The function or scorer, where the experiment's metric was one.
            verbose: 0 shows nothing, 1 the progress.
            listeners: Who is told what happens.

        Raises:
            ExperimentMissing: when there is none of this name.
            SettingUnusable: when it is being searched by another process.
        """
        experiment = Experiment.open(name)
        made = cls(**{**experiment.spec()["parameters"], "verbose": verbose})
        budget = made.time_budget if time_budget is None else time_budget
        made._run(lambda session: resume(made, session, experiment, time_budget, metric), budget, listeners)
        return made

    def listen(self, listener: Listener) -> AutoML:
        """Tell somebody what the next searches of this object say."""
        self._listeners: list[Listener] = [*getattr(self, "_listeners", ()), listener]
        return self

    def stop(self) -> None:
        """End the search that runs, from another thread; the best so far is kept."""
        if hasattr(self, "_session"):
            self._session.stopping.set()

    def pause(self) -> None:
        """Begin no new fits until `go_on`; the budget's clock stands still."""
        if hasattr(self, "_session"):
            self._session.pausing.set()

    def go_on(self) -> None:
        """Go on after `pause`."""
        if hasattr(self, "_session"):
            self._session.pausing.clear()

    # --- what was found

    def predict(self, X: Any) -> NDArray[Any]:
        """The likeliest class of each row, or its number; for quantiles a column each.

        For forecasting: the value at each row's moment, for which `X` has the columns of time and series, and those that
        are known in advance.
        """
        if self._forecasts():
            return read_forecast(self.series_, self.best_pipeline_, X)
        frame = self._read(X)
        prediction: NDArray[Any] = np.asarray(self.best_pipeline_.predict(frame))
        return prediction

    @available_if(_may_classify)  # type: ignore[untyped-decorator]  # scikit-learn has no types
    def predict_proba(self, X: Any) -> NDArray[Any]:
        """The classes' probabilities, in the order of `classes_`."""
        frame = self._read(X)
        probabilities: NDArray[Any] = np.asarray(self.best_pipeline_.predict_proba(frame))
        return probabilities

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The search's metric on these rows. Greater is better: losses are negative, as in scikit-learn's scorers."""
        if self._forecasts():
            return float(self.metric_.score(truth_of(y, self.task_, len(X)), self.predict(X), sample_weight))
        frame = self._read(X)
        truth = truth_of(y, self.task_, len(frame))
        model = self.best_pipeline_
        prediction = model.predict_proba(frame) if self.task_.classifies else model.predict(frame)
        weights = None if sample_weight is None else np.asarray(sample_weight, dtype=float)
        return float(self.metric_.score(truth, np.asarray(prediction), weights))

    def forecast(self, known: Any = None, *, steps: int | None = None) -> pd.DataFrame:
        """The values that come next, a row a moment and series.

        Args:
            known: The table of moments, series and what is known of them in advance; needed where there is such a thing.
            steps: How many moments, up to the horizon.

        Raises:
            SettingUnusable: when something else was learned than to forecast.
            DataUnusable: when something is missing that was known in advance of every moment learned from.
        """
        if not self._forecasts():
            raise SettingUnusable(
                "This model was not trained to forecast.", hint='Set task="forecasting" and fit again.'
            )
        asked = self.series_.next_moments(steps) if known is None else read_table(known).frame
        return asked.assign(**{self.task_.target: read_forecast(self.series_, self.best_pipeline_, asked)})

    # --- other models

    @property
    def alternatives_(self) -> dict[str, Alternative]:
        """Single models in place of the blend: "fast", "small", "interpretable". They are looked for when it is first read."""
        check_is_fitted(self)
        if not hasattr(self, "_alternatives"):
            problem = load_problem(self.experiment_.folder)
            self._alternatives = find_alternatives(self.trials_, problem, self.experiment_, self.metric_)
        return self._alternatives

    def alternative(self, name: str) -> AutoML:
        """One of `alternatives_`, trained on all rows: an object that predicts like this one.

        Raises:
            SettingUnusable: when there is none of this name.
            NothingTrained: when it can't be trained.
        """
        found = self.alternatives_
        if name not in found:
            raise SettingUnusable(f"There is no alternative {name!r}.", hint=f"There are: {', '.join(found)}.")
        chosen = found[name]
        trial = next(each for each in self.trials_ if each.number == chosen.trial)
        problem = load_problem(self.experiment_.folder)
        model = train_on_all_rows(trial, problem, self.experiment_, self.experiment_.spec()["seed"])
        made = copy(self)
        made.weights_ = {trial.number: 1.0}
        made.parts_ = {trial.number: (ALL_ROWS,)}
        made.best_score_ = chosen.score
        made.best_pipeline_ = Blend.of_fitted([model], [1.0], list(self.task_.classes))
        made.leaderboard_ = leaderboard(self.trials_, self.metric_, made.weights_)
        return made

    def refit(self, X: Any = None, y: Any = None, *, sample_weight: Any = None) -> AutoML:
        """Train the blend's members anew, each once on all rows, with no search.

        Args:
            X: A table with the same columns; None for the one that was searched with.
            y: Its target, or the name of its column.
            sample_weight: How much each row counts.

        Raises:
            DataUnusable: when the table does not fit.
        """
        check_is_fitted(self)
        if X is not None and self._forecasts():
            self.series_, frame, target = read_again(self.series_, X, y)
            weights = None
        elif X is None:
            problem = load_problem(self.experiment_.folder)
            frame, target, weights = problem.features, problem.target, problem.weights
        else:
            table, values, _ = split_target(X, y)
            frame = align(Table(frame=table), self.schema_).frame
            target = truth_of(values, self.task_, len(frame))
            weights = None if sample_weight is None else np.asarray(sample_weight, dtype=float)
        self.best_pipeline_ = refit_blend(
            self.trials_,
            self.weights_,
            frame=frame,
            target=target,
            sample_weight=weights,
            task=self.task_,
            schema=self.schema_,
            seed=self.experiment_.spec()["seed"],
        )
        self.parts_ = dict.fromkeys(self.weights_, (ALL_ROWS,))
        return self

    # --- within

    def _run(self, search: Callable[[Session], Fit], budget: Any, listeners: Sequence[Listener]) -> None:
        with watched(self, float(budget), shown=bool(self.verbose)) as viewers:
            self._session = Session([*viewers, *listeners])
            try:
                self._take(search(self._session))
            finally:
                del self._session

    def _name_features(self, X: Any) -> None:
        names = list(X.columns) if isinstance(X, pd.DataFrame) else []
        if hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        if names and not self._forecasts() and all(isinstance(name, str) for name in names):
            self.feature_names_in_ = np.asarray([column.name for column in self.schema_.columns], dtype=object)

    def _forecasts(self) -> bool:
        check_is_fitted(self)
        return bool(self.task_.kind == "forecasting")

    def _read(self, X: Any) -> pd.DataFrame:
        check_is_fitted(self)
        table = read_table(X)
        found = table.frame.shape[1]
        if isinstance(X, np.ndarray) and X.dtype.names is None and found != self.n_features_in_:
            # Columns with no names are known by their number alone.
            raise DataUnusable(
                f"X has {found} features, but AutoML is expecting {self.n_features_in_} features as input.", hint=""
            )
        return align(table, self.schema_).frame

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
