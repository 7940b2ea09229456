"""Events survive the wire."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter import errors, events
from lumina_jupyter.errors import LuminaError, RateLimited, error_classes
from lumina_jupyter.events import Event, Failed, from_dict, to_dict

any_event = st.one_of(*(st.from_type(cls) for cls in events._TYPES.values()))


@given(any_event.filter(lambda event: "nan" not in repr(event)))  # not a number equals nothing, itself included
def test_any_event_comes_back_from_json(event: Event) -> None:
    assert from_dict(json.loads(json.dumps(to_dict(event)))) == event


@pytest.mark.parametrize(
    "data", [{}, {"type": "nothing"}, {"type": "text_delta"}, {"type": 3}, {"type": "cost", "eur": 1}]
)
def test_what_is_no_event_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="event"):
        from_dict(data)


def test_failed_says_what_the_error_says() -> None:
    failed = Failed.of(RateLimited("Slow down.", provider="openai", retry_after=2.0))
    assert (failed.code, failed.retryable, failed.retry_after, failed.provider) == ("rate_limited", True, 2.0, "openai")
    assert failed.hint


def test_every_error_has_a_code_of_its_own_and_a_next_step() -> None:
    classes = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, LuminaError)]
    assert len({cls.code for cls in classes}) == len(classes)
    assert all(cls.default_hint for cls in classes)
    assert all(error_classes()[cls.code] is cls for cls in classes)
