"""Missing values: how many there are and where."""

from __future__ import annotations

from collections.abc import Iterator

from lumina_jupyter.automl.profiling.finding import Finding
from lumina_jupyter.automl.profiling.view import View
from lumina_jupyter.automl.words import counted, listed, percent, verb

MOSTLY = 0.5
ACTION = (
    "Trees take missing values as they are; for other models they are filled in from the training rows of each fold, "
    "with a column beside it that says where."
)


def find_missing(view: View) -> Iterator[Finding]:
    """One finding for columns that are mostly missing and one for all others."""
    gone = {each.name: each.missing for each in view.schema.columns if each.missing > 0 and each.kind != "constant"}
    ranked = sorted(gone, key=lambda name: -gone[name])
    for mostly in (True, False):
        names = [name for name in ranked if (gone[name] >= MOSTLY) is mostly]
        if not names:
            continue
        shown = listed([f"{name!r} ({percent(gone[name], 1)})" for name in names])
        one, many = (
            ("is mostly missing", "are mostly missing") if mostly else ("has missing values", "have missing values")
        )
        yield Finding(
            kind="missing",
            severity="warning" if mostly else "info",
            text=f"{counted(len(names), 'column')} {verb(len(names), one, many)}: {shown}.",
            columns=tuple(names),
            evidence={name: round(gone[name], 4) for name in names[:20]},
            action=ACTION,
        )
