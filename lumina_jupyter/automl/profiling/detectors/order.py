"""Rows that depend on each other, by time or by group: what a model is tested on must not be next to what it knows."""

from __future__ import annotations

from collections.abc import Iterator

from lumina_jupyter.automl.profiling.finding import Finding
from lumina_jupyter.automl.profiling.view import View


def find_dependent_rows(view: View) -> Iterator[Finding]:
    """Rows in the order of time, and rows that belong together."""
    chosen = view.validation
    if chosen is None or chosen.kind not in ("forward", "grouped"):
        return
    in_time = chosen.kind == "forward"
    yield Finding(
        kind="time order" if in_time else "groups",
        severity="info",
        text=chosen.told,
        columns=(chosen.by,) if chosen.by else (),
        evidence={"folds": len(chosen.folds), "by": chosen.by},
        action="Trains on the past and tests on what came after it."
        if in_time
        else "Never parts a group between folds.",
        advice=f"Say {'time' if in_time else 'groups'}=False where that is wrong: folds by chance then.",
    )
