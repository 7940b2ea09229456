"""scikit-learn's own checks of estimators, those that apply to one that takes its time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

from lumina_jupyter.automl import AutoML

QUICK = {
    "check_estimator_cloneable",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_estimator_repr",
    "check_no_attributes_set_in_init",
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_parameters_default_constructible",
    "check_mixin_order",
    "check_get_params_invariance",
    "check_set_params",
    "check_estimators_unfitted",
    "check_requires_y_none",
    "check_estimators_empty_data_messages",
    "check_complex_data",
    "check_all_zero_sample_weights_error",
    "check_fit1d",
    "check_fit2d_1sample",
}
WITH_A_FIT = {
    "check_n_features_in",
    "check_n_features_in_after_fitting",
    "check_dict_unchanged",
    "check_estimators_overwrite_params",
    "check_sample_weights_not_an_array",
    "check_estimator_sparse_array",
}
CHECKS = [
    pytest.param(model, check, id=check.func.__name__)
    for model, check in estimator_checks_generator(AutoML(time_budget=3000, max_trials=2, n_jobs=1, folds=2, verbose=0))
    if check.func.__name__ in QUICK | WITH_A_FIT
]


def test_the_checks_are_known_to_this_version() -> None:
    assert {str(check.id) for check in CHECKS} == QUICK | WITH_A_FIT


@pytest.mark.parametrize(("model", "check"), CHECKS)
def test_check(model: AutoML, check: Callable[[Any], None]) -> None:
    check(model)
