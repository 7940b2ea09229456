"""Tables that are too small to be sure of anything, or wider than they are long."""

from __future__ import annotations

from collections.abc import Iterator

from lumina_jupyter.automl.profiling.finding import Finding
from lumina_jupyter.automl.profiling.view import MOST_COLUMNS, View
from lumina_jupyter.automl.words import counted, verb

FEW_ROWS = 200


def find_size(view: View) -> Iterator[Finding]:
    """Few rows; more columns than rows; so many columns that not each was looked at."""
    rows, columns = len(view.frame), len(view.schema.columns)
    if rows < FEW_ROWS:
        yield Finding(
            kind="few rows",
            severity="warning",
            text=f"There {verb(rows, 'is', 'are')} only {counted(rows, 'row')}: scores will be uncertain, and differences between models mostly chance.",
            evidence={"rows": rows},
            action="Uses more folds, and gives scores with their intervals.",
        )
    if columns > rows:
        yield Finding(
            kind="wide",
            severity="warning",
            text=f"There are more columns ({columns:,}) than rows ({rows:,}): some go with the target by chance.",
            evidence={"rows": rows, "columns": columns},
            action="Judges every model on rows that it was not trained on, as always.",
            advice="Leave out what can't matter.",
        )
    if columns > MOST_COLUMNS:
        yield Finding(
            kind="many columns",
            severity="info",
            text=f"Of {columns:,} columns the {MOST_COLUMNS} most related to the target were looked at one by one.",
            evidence={"columns": columns, "looked_at": MOST_COLUMNS},
            action="Trains on all of them.",
        )
