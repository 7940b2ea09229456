"""Answers in the format of the data questions."""

from __future__ import annotations

import pytest

from tests.bench.bench_agent_data import same, values_in


def test_the_last_value_of_a_name_counts() -> None:
    text = 'First @mean_fare[12.5], no:\n@mean_fare[34.65]\n@is_normal["no"] @fare_class1[ 87.96 ] and x@y.org [1]'
    assert values_in(text) == {"mean_fare": "34.65", "is_normal": "no", "fare_class1": "87.96"}
    assert values_in("The mean fare is 34.65.") == {}


@pytest.mark.parametrize(
    ("given", "known", "right"),
    [
        ("34.65", "34.65", True),
        ("34.650", "34.65", True),
        ("34.6500001", "34.65", True),
        ("34.66", "34.65", False),
        ("no", "no", True),
        ("not normal", "no", False),
        ("", "0", False),
        ("314, 577", "314, 577", True),
        ("nan", "nan", True),
    ],
)
def test_a_value_is_the_known_text_or_nearly_the_known_number(given: str, known: str, right: bool) -> None:
    assert same(given, known) is right
