"""How candidates are judged: which rows are held out in which fold, and why this way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .words import counted, verb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ValidationKind = Literal["k-fold", "stratified", "grouped", "forward", "holdout"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """One fold: positions of rows, from 0, in the order in which a model sees them."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Validation:
    """The folds of a search.

    Args:
        kind: "forward" trains on the past and tests on what comes after it.
        folds: At least one. For "forward" the earliest first.
        by: The column by which rows are grouped or ordered; empty where there is none (rows in their own order).
        told: Why this way, as a sentence for people.
    """

    kind: ValidationKind
    folds: tuple[Fold, ...]
    by: str = ""
    told: str = ""

    def __repr__(self) -> str:
        held_out = ", ".join(f"{len(fold.test):,}" for fold in self.folds)
        return f"{self.kind}, {counted(len(self.folds), 'fold')} that {verb(len(self.folds), 'holds', 'hold')} out {held_out} rows. {self.told}".strip()

    @property
    def refitted(self) -> bool:
        """Whether models are trained on all rows in the end: those of the folds have not seen what is latest, or a good part."""
        return self.kind in ("forward", "holdout")
