"""What a frontend is told at the end of its connection."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.collaboration.ydoc_server.close_reason import MOST_BYTES, fitting


def test_a_short_reason_stays_as_it_is() -> None:
    reason = json.dumps({"reason": "version_mismatch", "reloadable": True, "sessionId": "abc"})
    assert fitting(reason) == reason


def test_a_long_sentence_ends_after_a_word() -> None:
    text = "It is no notebook: it is no JSON from line 1 on. Nothing was written over it; restore an earlier state."
    told = json.loads(fitting(json.dumps({"reason": "initialization_error", "reloadable": False, "errorReason": text})))
    assert told["reason"] == "initialization_error"
    assert told["errorReason"] == "It is no notebook: it is no JSON from line 1 on. Nothing was written…"


@given(st.text(st.characters(), max_size=400), st.booleans())
def test_whatever_it_says_it_fits_and_says_what_it_is(text: str, reloadable: bool) -> None:
    found = fitting(json.dumps({"reason": "initialization_error", "reloadable": reloadable, "errorReason": text}))
    assert len(found.encode()) <= MOST_BYTES
    assert json.loads(found)["reason"] == "initialization_error"
    assert bool(json.loads(found).get("reloadable")) == reloadable


def test_what_is_no_json_is_cut_too() -> None:
    assert len(fitting("far too many words " * 20).encode()) <= MOST_BYTES
