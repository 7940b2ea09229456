from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lightgbm import LGBMRegressor
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, VotingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from xgboost import XGBClassifier

from lumina_jupyter.automl.export.inline import inlined, joined
from lumina_jupyter.automl.export.source import Source, differences
from lumina_jupyter.automl.plain.blend import Blend
from lumina_jupyter.errors import ModelNotExportable

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(max_size=8)
    | st.integers(-9, 9).map(np.int32)
    | st.floats(-9, 9).map(np.float64),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
        | st.frozensets(st.integers(), max_size=4)
    ),
    max_leaves=20,
)


def evaluated(value: Any) -> Any:
    source = Source()
    text = source.expression(value)
    imports, classes = inlined(source.plain)
    names: dict[str, Any] = {}
    exec(f"from __future__ import annotations\n{joined(imports | source.imports)}\n{classes}\nmade = {text}", names)
    return names["made"]


@given(VALUES)
@settings(max_examples=150, deadline=None)
def test_values_come_back_as_they_are(value: Any) -> None:
    assert evaluated(value) == value


@pytest.mark.parametrize(
    "value",
    [
        np.arange(5, 500),
        np.arange(500, 5, -3),
        np.arange(3),
        np.array([1.5, np.nan, np.inf]),
        np.array(["a", "b"]),
        np.array([1, "a", None], dtype=object),
        np.array([True, False]),
        np.array([[1, 2], [3, 4]], dtype=np.int8),
        np.array([7] * 60),
    ],
    ids=str,
)
def test_arrays_come_back_with_their_type(value: np.ndarray[Any, Any]) -> None:
    again = evaluated(value)
    np.testing.assert_array_equal(again, value)
    assert again.dtype == value.dtype


def test_other_values_come_back() -> None:
    for value in (pd.Timestamp("2024-02-29 12:00"), np.datetime64("2024-02-29"), slice(1, None), np.log1p, len, dict):
        assert evaluated(value) == value
    assert np.isnan(evaluated(float("nan")))
    assert evaluated(partial(np.clip, a_min=0, a_max=1))(7) == 1


@pytest.mark.parametrize(
    "estimator",
    [
        Pipeline([("scale", StandardScaler(with_mean=False)), ("model", Ridge(alpha=0.25))]),
        ColumnTransformer([("one", OneHotEncoder(min_frequency=0.01), ["a b", 'c"']), ("rest", "passthrough", [3])]),
        FunctionTransformer(np.log1p, kw_args={"where": True}),
        HistGradientBoostingClassifier(max_iter=7, categorical_features=[True, False], learning_rate=1 / 3),
        XGBClassifier(n_estimators=3, missing=np.nan, tree_method="hist", max_cat_to_onehot=5),
        LGBMRegressor(objective="quantile", alpha=0.1, min_split_gain=1e-12, path_smooth=2.0),
        VotingRegressor([("a", Ridge()), ("b", Ridge(alpha=2))]),
        Blend([LogisticRegression()], [1.0], classes=["no", "yes"]),
    ],
    ids=lambda each: type(each).__name__,
)
def test_estimators_come_back_with_their_parameters(estimator: Any) -> None:
    again = evaluated(estimator)
    assert type(again).__name__ == type(estimator).__name__
    assert repr(again) == repr(estimator)


def test_what_has_no_source_is_refused() -> None:
    for value in (object(), lambda x: x, Ridge(alpha=object())):
        with pytest.raises(ModelNotExportable):
            Source().expression(value)


def test_a_like_estimator_is_told_by_what_differs() -> None:
    def made(trees: int, rate: float = 0.1) -> Pipeline:
        return Pipeline([("scale", StandardScaler()), ("model", LGBMRegressor(n_estimators=trees, learning_rate=rate))])

    assert differences(made(5), made(5)) == {}
    assert differences(made(5), made(9, 0.2)) == {"model__n_estimators": 9, "model__learning_rate": 0.2}
    assert differences(made(5), Pipeline([("scale", StandardScaler()), ("model", Ridge())])) is None
