"""Progress in a terminal: lines where nothing can be drawn over, a bar elsewhere."""

from __future__ import annotations

import io

from lumina_jupyter.automl.candidate import Candidate
from lumina_jupyter.automl.progress import (
    BestImproved,
    Decided,
    EnsembleMade,
    SearchBegan,
    SearchEvent,
    StageBegan,
    TrialBegan,
    Warned,
)
from lumina_jupyter.automl.showing.terminal import TerminalProgress

EVENTS: list[SearchEvent] = [
    SearchBegan(name="one", target="churn", metric="roc_auc", greater_is_better=True, budget=10),
    StageBegan(stage="searching", text="Models are trained.", seconds=0.5),
    Decided(text="5 folds by chance."),
    Warned(text="'boat' says the target [almost] alone."),
    TrialBegan(number=0, candidate=Candidate(family="naive"), seconds=0.6),
    BestImproved(number=0, score=0.5, seconds=1.0),
    BestImproved(number=1, score=0.81, seconds=1.5),
    BestImproved(number=2, score=0.84, seconds=9.0),
    EnsembleMade(weights={1: 0.5, 2: 0.5}, score=0.85, seconds=9.5),
    StageBegan(stage="done", text="The search is over.", seconds=9.9),
]


class Screen(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def shown_on(stream: io.StringIO) -> str:
    now = 0.0
    shown = TerminalProgress(10, stream, now=lambda: now)
    for event in EVENTS:
        now = getattr(event, "seconds", now)
        shown(event)
    shown.close()
    return stream.getvalue()


def test_lines() -> None:
    assert shown_on(io.StringIO()).splitlines() == [
        "   0.5 s  Models are trained.",
        "          5 folds by chance.",
        "Warning: 'boat' says the target [almost] alone.",
        "   1.0 s  Best roc_auc 0.5 (trial 0).",
        "   9.0 s  Best roc_auc 0.84 (trial 2).",
        "   9.5 s  Blend of 2: roc_auc 0.85.",
        "   9.9 s  The search is over.",
    ], "A better score soon after another is not worth a line."


def test_a_bar_and_the_lines_that_stay() -> None:
    text = shown_on(Screen())
    for part in ("[almost] alone", "Models are trained.", "The search is over.", "Blend of 2"):
        assert part in text
    assert "(trial 0)" not in text, "The bar shows it."
    assert "1 trial " in text
