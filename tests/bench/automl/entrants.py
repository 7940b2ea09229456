"""Who takes part, and in which environment: made on first use in `.bench/`."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from tests.bench.peer import peer_python


@dataclass(frozen=True)
class Entrant:
    """One who takes part.

    Args:
        name: As it is named on the command line and in results.
        environment: Name of its environment; empty for our own.
        packages: What the environment holds.
        budgeted: Whether it takes a budget; others run once a table and seed.
    """

    name: str
    environment: str = ""
    packages: tuple[str, ...] = ()
    budgeted: bool = True

    def python(self) -> str | None:
        """The interpreter; None when the environment can't be made here."""
        return peer_python(self.environment, *self.packages) if self.environment else sys.executable


# `xgboost` itself brings half a gigabyte of CUDA; what AutoGluon's other models need (torch) is left out.
BOOSTERS = ("lightgbm", "xgboost-cpu", "catboost")
AUTOGLUON = ("autogluon.tabular>=1.4", *BOOSTERS)

ENTRANTS = {
    each.name: each
    for each in (
        Entrant("naive", budgeted=False),
        Entrant("hgb", budgeted=False),
        Entrant("lumina"),
        Entrant("flaml", "automl-flaml", ("flaml>=2.3", "scikit-learn", "pandas", *BOOSTERS)),
        Entrant("autogluon-medium", "automl-autogluon", AUTOGLUON),
        Entrant("autogluon-best", "automl-autogluon", AUTOGLUON),
    )
}
