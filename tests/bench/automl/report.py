"""What the results come to: scores a table, ranks, whether budgets were kept, memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

KEPT = (0.85, 1.03)
GREATER = frozenset({"roc_auc"})


def report(records: Iterable[dict[str, Any]], budgets: Sequence[float]) -> str:
    """All of it as text. Runs that failed share the last rank of their table."""
    every = pd.DataFrame(list(records))
    if every.empty:
        return "There are no results."
    for name in ("score", "failure", "fit_seconds", "predict_seconds", "one_row_seconds", "peak_mb", "peak_pss_mb"):
        if name not in every:
            every[name] = None
    parts = []
    for budget in budgets:
        # Those that take no budget are measured once and stand beside every one.
        chosen = every[(every["budget"] == budget) | (every["budget"] == 0)]
        if (chosen["budget"] == budget).any():
            parts.append(_of_budget(chosen, budget))
    return "\n\n".join(parts) or "There are no results with these budgets."


def _of_budget(chosen: pd.DataFrame, budget: float) -> str:
    order = list(dict.fromkeys(chosen["entrant"]))
    scores = chosen.pivot_table(index=["table", "metric"], columns="entrant", values="score", aggfunc="mean")
    scores = scores.reindex(columns=order)
    lines = [f"budget {budget:g} s", "", _aligned(scores.reset_index(), 5), ""]
    compared = ranks(chosen, order)
    summary = []
    for name in order:
        own = chosen[chosen["entrant"] == name]
        ratio = own["fit_seconds"].astype(float) / budget
        within = ratio.between(*KEPT).mean() if (own["budget"] == budget).any() else float("nan")
        summary.append(
            {
                "entrant": name,
                "mean rank": compared[name].mean(),
                "tables": int(compared[name].notna().sum()),
                "failed": int(own["failure"].notna().sum()),
                "of budget, least": ratio.min(),
                "most": ratio.max(),
                "kept": within,
                "peak MB, mean": own["peak_mb"].astype(float).mean(),
                "most MB": own["peak_mb"].astype(float).max(),
                "most MB, shared once": own["peak_pss_mb"].astype(float).max(),
                "one row, ms": own["one_row_seconds"].astype(float).median() * 1000,
            }
        )
    lines.append(_aligned(pd.DataFrame(summary).sort_values("mean rank"), 3))
    failures = chosen[chosen["failure"].notna()]
    for _, each in failures.iterrows():
        lines.append(f"failed: {each['entrant']} on {each['table']} (seed {each['seed']}): {each['failure']}")
    for row in summary:
        label = f"automl_rank_{row['entrant']}_{budget:g}s".replace("-", "_")
        lines.append(f"{label} {row['mean rank']:.3f} rank")
    return "\n".join(lines)


def ranks(chosen: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """A row a table and seed that all entrants have run, a column an entrant; 1 is the best, equal ones share."""
    found = []
    for _, group in chosen.groupby(["table", "seed"]):
        if set(group["entrant"]) != set(order):
            continue
        sign = -1.0 if group["metric"].iloc[0] in GREATER else 1.0
        losses = (group.set_index("entrant")["score"].astype(float) * sign).fillna(np.inf)
        found.append(losses.rank(method="average"))
    return pd.DataFrame(found, columns=list(order))


def _aligned(table: pd.DataFrame, digits: int) -> str:
    return str(table.to_string(index=False, float_format=lambda value: f"{value:.{digits}f}", na_rep="-"))
