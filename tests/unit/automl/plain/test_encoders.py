"""The encoders that scikit-learn lacks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lumina_jupyter.automl.plain.category_codes import CategoryCodes
from lumina_jupyter.automl.plain.level_flags import LevelFlags
from lumina_jupyter.automl.plain.piecewise_linear import PiecewiseLinear
from lumina_jupyter.automl.plain.quantile_models import QuantileModels
from lumina_jupyter.automl.plain.scaled_target import ScaledTarget
from lumina_jupyter.automl.plain.smooth_scaler import SmoothScaler
from lumina_jupyter.automl.plain.target_means import TargetMeans
from lumina_jupyter.automl.plain.text_vectors import TextVectors
from lumina_jupyter.automl.plain.unit_spread import UnitSpread

FLOATS = st.one_of(st.floats(-1e9, 1e9), st.just(float("nan")))
NUMBERS = arrays.arrays(np.float64, st.tuples(st.integers(1, 30), st.integers(1, 4)), elements=FLOATS)


def test_codes_count_the_frequent_first_and_the_rare_share_one() -> None:
    frame = pd.DataFrame({"city": ["b", "a", "a", "c", None, "d"], "size": [2, 2, 1, None, 1, 2]})
    codes = CategoryCodes(3).fit(frame)
    seen = codes.transform(frame)
    assert seen[:, 0].tolist()[:4] == [1, 0, 0, 2]
    assert np.isnan(seen[4, 0])
    assert seen[5, 0] == 2
    assert seen[:3, 1].tolist() == [0, 0, 1]
    new = codes.transform(pd.DataFrame({"city": ["z", "a"], "size": [9, 2.0]}))
    assert new[:, 0].tolist() == [2, 0]
    assert np.isnan(new[0, 1])
    assert new[1, 1] == 0


@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_codes_do_not_depend_on_the_type_of_a_column(dtype: str) -> None:
    column = pd.Series(["x", "y", None, "x"], dtype=dtype)
    seen = CategoryCodes().fit_transform(column.to_frame("c"))
    assert np.array_equal(seen[:, 0], [0, 1, np.nan, 0], equal_nan=True)


def test_means_of_the_target_do_not_tell_a_row_its_own_target() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"id": [f"row {number}" for number in range(300)], "city": random.choice(list("abc"), 300)})
    target = random.normal(size=300) + (frame["city"] == "a") * 5.0
    means = TargetMeans(counts=False)
    encoded = means.fit_transform(frame, target)
    assert abs(np.corrcoef(encoded[:, 0], target - (frame["city"] == "a") * 5.0)[0, 1]) < 0.2
    assert np.corrcoef(encoded[:, 1], target)[0, 1] > 0.85
    found = means.transform(pd.DataFrame({"id": ["unknown"], "city": ["a"]}))
    assert found[0, 0] == pytest.approx(target.mean())
    assert found[0, 1] == pytest.approx(target[frame["city"] == "a"].mean(), abs=0.5)


def test_means_of_classes_sum_to_one_and_missing_values_are_a_level() -> None:
    frame = pd.DataFrame({"city": ["a", "b", None, "a", None, "b"] * 5})
    target = np.array([0, 1, 2, 0, 2, 1] * 5)
    means = TargetMeans(classes=3, smooth=1.0)
    encoded = means.fit_transform(frame, target)
    assert encoded.shape == (30, 4)
    assert np.allclose(encoded[:, :3].sum(axis=1), 1.0)
    assert means.transform(pd.DataFrame({"city": [None]}))[0, :3].argmax() == 2
    assert list(means.get_feature_names_out()) == ["city: mean 0", "city: mean 1", "city: mean 2", "city: count"]


@given(NUMBERS)
@settings(max_examples=60, deadline=None)
def test_scalers_give_finite_numbers_of_like_size(values: Any) -> None:
    for scaler, low, high in ((SmoothScaler(), -3.0, 3.0), (PiecewiseLinear(4), 0.0, 1.0)):
        scaled = scaler.fit_transform(values)
        assert np.isfinite(scaled).all()
        assert ((scaled >= low) & (scaled <= high)).all()
        assert scaled.shape[1] == len(scaler.get_feature_names_out())
        assert np.array_equal(scaler.transform(values), scaled)
        assert np.isfinite(scaler.transform(np.full_like(values, np.nan))).all()


def test_pieces_keep_the_order_of_numbers() -> None:
    values = np.sort(np.random.default_rng(0).lognormal(size=200)).reshape(-1, 1)
    heights = PiecewiseLinear(8).fit_transform(values).sum(axis=1)
    assert (np.diff(heights) >= 0).all()
    assert heights[0] == 0
    assert heights[-1] == 8


def test_texts_become_directions_or_weights() -> None:
    texts = pd.DataFrame({"note": ["a red house by the sea", "the red door", None, "blue sky", ""] * 30})
    dense = TextVectors(8, seed=1)
    directions = dense.fit_transform(texts)
    assert directions.shape == (150, 8)
    assert np.allclose(dense.transform(texts), directions)
    assert not directions[2].any()
    assert np.isfinite(dense.transform(pd.DataFrame({"note": ["never seen these", "日本"]}))).all()
    weights = TextVectors(0).fit(texts)
    assert weights.transform(texts).shape == (150, len(weights.get_feature_names_out()))
    empty = TextVectors(8).fit_transform(pd.DataFrame({"note": ["", None, ""]}))
    assert empty.shape == (3, 8)


def test_scaled_targets_come_back_in_their_unit() -> None:
    from sklearn.linear_model import LinearRegression

    X = np.linspace(0, 6, 50).reshape(-1, 1)
    target = np.exp(X[:, 0]) * 1000
    logged = ScaledTarget(LinearRegression(), logarithm=True).fit(X, target)
    assert np.allclose(logged.predict(X), target, rtol=1e-6)
    far = logged.predict(np.array([[1e6], [-1e6]]))
    assert np.isfinite(far).all()
    assert target.max() <= far[0] <= 2 * target.max()
    line = ScaledTarget(LinearRegression(), logarithm=True).fit(X, X[:, 0] - 3)
    assert not line.logarithm_
    assert np.allclose(line.predict(X), X[:, 0] - 3)


def test_quantiles_never_cross_and_spread_is_common() -> None:
    from sklearn.linear_model import QuantileRegressor

    random = np.random.default_rng(0)
    X = random.normal(size=(80, 3))
    found = (
        QuantileModels(QuantileRegressor(alpha=0), (0.1, 0.5, 0.9))
        .fit(X, X[:, 0] + random.normal(size=80))
        .predict(X * 9)
    )
    assert (np.diff(found, axis=1) >= 0).all()
    assert UnitSpread(2.0).fit_transform(X).var(axis=0).sum() == pytest.approx(0.25)


@pytest.mark.parametrize("dense", [True, False])
def test_flags_are_those_of_a_one_hot_encoder_in_another_order(dense: bool) -> None:
    from sklearn.preprocessing import OneHotEncoder

    random = np.random.default_rng(0)
    letters = np.array(["a", "b", "c", "d", "e", None], dtype=object)
    cells = random.choice(letters, p=[0.4, 0.3, 0.2, 0.05, 0.04, 0.01], size=(200, 3))
    cells[:, 1] = random.choice(["x", "y"], 200)
    cells[:, 2] = random.choice([f"level {number}" for number in range(40)], 200)
    flags = LevelFlags(rarest=9, most=12, dense=dense).fit(pd.DataFrame(cells, columns=["p", "q", "r"]))
    known = OneHotEncoder(min_frequency=9, max_categories=12, handle_unknown="infrequent_if_exist").fit(cells)
    for rows in (cells, np.array([["never", "never", "never"], [None, None, None]], dtype=object)):
        seen, expected = (each.transform(rows) for each in (flags, known))
        seen = seen if dense else seen.toarray()
        order = np.lexsort(flags.transform(cells) if dense else flags.transform(cells).toarray())
        other = np.lexsort(known.transform(cells).toarray())
        np.testing.assert_array_equal(seen[:, order], expected.toarray()[:, other])
    assert list(flags.get_feature_names_out())[:2] == ["p = a", "p = b"]
    assert "p: rare" in flags.get_feature_names_out()
