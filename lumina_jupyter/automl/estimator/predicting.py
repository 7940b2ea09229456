"""How an `AutoML` object predicts, and is scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from lumina_jupyter.errors import DataUnusable, SettingUnusable

from ..fitting.preparation import read_weights, take_weights
from ..forecasting.preparation import read_forecast
from ..tables.frames import align, read_table
from ..tables.queries import queries_of
from ..tables.target import is_name
from ..tables.truth import truth_of
from .fitted import Fitted


def _may_classify(model: Fitted) -> bool:
    """Whether it has classes, as far as that is known."""
    if hasattr(model, "task_"):
        return model.task_.classifies
    return model.task in {"auto", "binary", "multiclass"}


def _check_steps(steps: object, horizon: int) -> None:
    """Nothing when so many steps can be forecast, or none are asked for.

    Raises:
        SettingUnusable: when they are no such number.
    """
    if steps is not None and (isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1):
        raise SettingUnusable(
            f"steps={steps!r} is no number of steps.", hint=f"Give a whole number from 1 to {horizon}."
        )


class Predicting(Fitted):
    """The methods that ask what was found."""

    def predict(self, X: Any) -> NDArray[Any]:
        """The likeliest class of each row, or its number; for quantiles a column each, the lowest first.

        Args:
            X: A table with the columns that were learned from, in any order; others are left out. For forecasting: a row a
                moment, with the columns of time and series and those that are known in advance.

        Raises:
            DataUnusable: when columns are missing, or a moment can't be forecast.
        """
        if self._forecasts():
            return read_forecast(self.series_, self.best_pipeline_, X)
        frame = self._read(X)
        prediction: NDArray[Any] = np.asarray(self.best_pipeline_.predict(frame))
        return prediction

    @available_if(_may_classify)  # type: ignore[untyped-decorator]  # scikit-learn has no types
    def predict_proba(self, X: Any) -> NDArray[Any]:
        """The classes' probabilities, a column each, in the order of `classes_`.

        Args:
            X: As for `predict`.

        Raises:
            DataUnusable: when columns are missing.
        """
        frame = self._read(X)
        probabilities: NDArray[Any] = np.asarray(self.best_pipeline_.predict_proba(frame))
        return probabilities

    def score(self, X: Any, y: Any = None, sample_weight: Any = None, *, groups: Any = None) -> float:
        """The search's metric on these rows. Greater is better: losses are negative, as in scikit-learn's scorers.

        Args:
            X: A table, as for `predict`; with the target in it when `y` names it.
            y: The target, or the name of its column; None for the column that was learned.
            sample_weight: How much each row counts, or the name of a column that says so.
            groups: For rankings: the name of the column of queries, or the query of each row; by default the column of the
                same name as in training.

        Raises:
            DataUnusable: when the table, the target or the weights do not fit.
            SettingUnusable: when the queries of a ranking are not known.
        """
        check_is_fitted(self)
        if y is None or is_name(y):
            X, y = self._parted(X, y)
        if isinstance(sample_weight, str):
            X, sample_weight = take_weights(read_table(X).frame, sample_weight)
        if self._forecasts():
            prediction = self.predict(X)
        else:
            frame, model = self._read(X), self.best_pipeline_
            prediction = np.asarray(model.predict_proba(frame) if self.task_.classifies else model.predict(frame))
        truth = truth_of(y, self.task_, len(prediction), queries_of(X, groups, self.task_, sample_weight))
        weights = None if sample_weight is None else read_weights(sample_weight, len(prediction))
        return float(self.metric_.score(truth, prediction, weights))

    def forecast(
        self, known: Any = None, *, steps: int | None = None, quantiles: float | Sequence[float] = ()
    ) -> pd.DataFrame:
        """The values that come next, a row a moment and series; of series that go on as long as the longest.

        Args:
            known: The table of moments, series and what is known of them in advance; needed where there is such a thing.
            steps: How many moments, up to the horizon; None for all of it.
            quantiles: Which ones are given too, each in a column of its own ("sales 0.1"): below the quantile 0.1 lies one in
                ten of the values to come. They are learned from what the backtest missed, by steps ahead.

        Raises:
            SettingUnusable: when something else was learned than to forecast, a quantile is beyond what is known, or `steps` is
                no number of steps.
            DataUnusable: when something is missing that was known in advance of every moment learned from.
        """
        if not self._forecasts():
            raise SettingUnusable(
                "This model was not trained to forecast.", hint='Set task="forecasting" and fit again.'
            )
        _check_steps(steps, self.series_.horizon)
        asked = self.series_.next_moments(steps) if known is None else read_table(known).frame
        quantiles = [quantiles] if isinstance(quantiles, int | float) else quantiles
        if not len(quantiles):
            return asked.assign(**{self.task_.target: read_forecast(self.series_, self.best_pipeline_, asked)})
        values, bounds = self._forecaster().quantiles(asked, quantiles)
        named = {f"{self.task_.target} {each:g}": bounds[:, place] for place, each in enumerate(quantiles)}
        return asked.assign(**{self.task_.target: values, **named})

    def _read(self, X: Any) -> pd.DataFrame:
        check_is_fitted(self)
        table = read_table(X)
        found = table.frame.shape[1]
        if isinstance(X, np.ndarray) and X.dtype.names is None:
            # Columns with no names are known by their places alone.
            if found != self.n_features_in_:
                raise DataUnusable(
                    f"X has {found} features, but AutoML is expecting {self.n_features_in_} features as input.", hint=""
                )
            return table.frame.set_axis([column.name for column in self.schema_.columns], axis=1)
        return align(table, self.schema_).frame
