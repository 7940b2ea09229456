"""Every recording is played back by some adapter's tests, or left out for a reason that is written down."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lumina_jupyter.gateway.providers.registry import _MODULES
from tests.replay.recording import FOLDER, recordings
from tests.replay.scope import _LEFT_OUT, scope_of


def test_every_recording_has_a_scope() -> None:
    adapters = Counter(scope_of(recording).adapter for recording in recordings())
    assert sum(adapters.values()) == len(list(Path(FOLDER).glob("*/*.json")))
    assert set(adapters) == {*_MODULES, None}
    for recording in recordings():
        scope = scope_of(recording)
        assert bool(scope.adapter) != bool(scope.reason), recording


def test_no_reason_is_left_over() -> None:
    every = [recording.id for recording in recordings()]
    assert [beginning for beginning in _LEFT_OUT if not any(found.startswith(beginning) for found in every)] == []
