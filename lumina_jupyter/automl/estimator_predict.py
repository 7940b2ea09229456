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

from .estimator_state import Fitted
from .forecasting.preparation import read_forecast
from .frames import align, read_table
from .scoring import truth_of


def _may_classify(model: Fitted) -> bool:
    """Whether it has classes, as far as that is known."""
    if hasattr(model, "task_"):
        return model.task_.classifies
    return model.task in {"auto", "binary", "multiclass"}


class Predicting(Fitted):
    """The methods that ask what was found."""

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

    def forecast(self, known: Any = None, *, steps: int | None = None, quantiles: Sequence[float] = ()) -> pd.DataFrame:
        """The values that come next, a row a moment and series.

        Args:
            known: The table of moments, series and what is known of them in advance; needed where there is such a thing.
            steps: How many moments, up to the horizon.
            quantiles: Which ones are given too, each in a column of its own ("sales 0.1"): below the quantile 0.1 lies one in
                ten of the values to come. They are learned from what the backtest missed, by steps ahead.

        Raises:
            SettingUnusable: when something else was learned than to forecast, or a quantile is beyond what is known.
            DataUnusable: when something is missing that was known in advance of every moment learned from.
        """
        if not self._forecasts():
            raise SettingUnusable(
                "This model was not trained to forecast.", hint='Set task="forecasting" and fit again.'
            )
        asked = self.series_.next_moments(steps) if known is None else read_table(known).frame
        if not len(quantiles):
            return asked.assign(**{self.task_.target: read_forecast(self.series_, self.best_pipeline_, asked)})
        values, bounds = self._forecaster().quantiles(asked, quantiles)
        named = {f"{self.task_.target} {each:g}": bounds[:, place] for place, each in enumerate(quantiles)}
        return asked.assign(**{self.task_.target: values, **named})

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
