"""What is computed here is what scikit-learn computes, in a fraction of the time."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as known

from lumina_jupyter.automl.metrics import functions

NO_DIVISION = {"zero_division": 0.0}


@pytest.mark.filterwarnings("ignore::UserWarning")  # scikit-learn's alone, of classes that are not there
@settings(max_examples=40, deadline=None)
@given(st.integers(2, 5), st.integers(1, 40), st.booleans(), st.integers(0, 10**6))
def test_metrics_of_decisions_are_those_of_scikit_learn(classes: int, rows: int, weighted: bool, seed: int) -> None:
    random = np.random.default_rng(seed)
    truth, decided = random.integers(0, classes, rows), random.integers(0, classes, rows)
    weights = random.uniform(0.1, 3, rows) if weighted else None
    expected: dict[str, tuple[Any, dict[str, Any]]] = {
        "f1_macro": (known.f1_score, {"average": "macro", **NO_DIVISION}),
        "f1_micro": (known.f1_score, {"average": "micro", **NO_DIVISION}),
        "f1_weighted": (known.f1_score, {"average": "weighted", **NO_DIVISION}),
        "matthews": (known.matthews_corrcoef, {}),
        "accuracy": (known.accuracy_score, {}),
        "kappa": (
            known.cohen_kappa_score,
            {"weights": "quadratic", "labels": range(classes), "replace_undefined_by": 0},
        ),
    }
    if classes == 2:
        expected |= {
            "f1": (known.f1_score, NO_DIVISION),
            "precision": (known.precision_score, NO_DIVISION),
            "recall": (known.recall_score, NO_DIVISION),
        }
    for name, (function, options) in expected.items():
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = getattr(functions, name)(truth, decided, weights)
        assert found == pytest.approx(function(truth, decided, sample_weight=weights, **options), abs=1e-9), name
