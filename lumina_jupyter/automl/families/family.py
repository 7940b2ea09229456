"""What a family of models is: where it starts, what may be varied, and how an estimator is made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from lumina_jupyter.automl.task import TaskKind

if TYPE_CHECKING:
    import optuna

Params = Mapping[str, Any]
Encoding = Literal["native", "ordinal", "scaled", "wide", "none"]
"""How a family wants its features: "native" takes categories and missing values as they are (as codes, in the first
`Shape.categories` columns), "ordinal" wants numbers with no missing values, "scaled" wants one-hot categories and numbers of
like size with no missing values, "wide" the same and every word of a text (a sparse matrix), "none" looks at no features."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The size of what is learned, by which defaults and limits are chosen.

    Args:
        rows: Rows to train on.
        features: Columns before encoding.
        categories: How many of them are categories.
        texts: How many of them are text.
        classes: Number of classes; 0 for numbers.
    """

    rows: int
    features: int
    categories: int = 0
    texts: int = 0
    classes: int = 0


class Family(Protocol):
    """A family of models. Stateless; one instance in the registry.

    `build` gives an estimator of scikit-learn's kind for features that are encoded as `encoding` says. Two builds with the
    same arguments train to the same model, whatever number of threads they get.
    """

    name: ClassVar[str]
    """Stable, short, in lower case: "lightgbm". It is written into experiments."""
    title: ClassVar[str]
    """For people: "LightGBM"."""
    tasks: ClassVar[frozenset[TaskKind]]
    encoding: ClassVar[Encoding]
    stops_early: ClassVar[bool]
    """Whether `fit` takes `held_out` and stops by itself; what it kept is read by `iterations`."""
    quantile: ClassVar[str]
    """The estimator's parameter that says which quantile it predicts; empty when it predicts none."""
    scales_target: ClassVar[bool]
    """Whether a number is to be brought to a common size before it is learned."""

    def missing(self) -> str:
        """Why the family can't be used here (a library that is not installed), or an empty text."""

    def suits(self, shape: Shape, kind: TaskKind = "regression") -> bool:
        """Whether it can be worth its time at this size: kernel machines are not for a million rows."""

    def cost(self, shape: Shape) -> float:
        """How long its first configuration takes beside histogram gradient boosting (1.0), roughly: cheap ones go first."""

    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """Configurations known to be good on many tables, the best first; the first of them is the family's default."""

    def space(self, trial: optuna.Trial, kind: TaskKind, shape: Shape) -> Params:
        """A configuration, asked of Optuna. Names of parameters are the family's own, not its library's."""

    def build(
        self, params: Params, kind: TaskKind, shape: Shape, *, seed: int, threads: int, iterations: int = 0
    ) -> Any:
        """An estimator that is not fitted. `iterations` fixes the number of trees or epochs where early stopping found one."""

    def fit(
        self,
        estimator: Any,
        features: Any,
        target: Any,
        *,
        weights: Any = None,
        held_out: Any = None,
        seconds: float = 0.0,
    ) -> None:
        """Fit in place. `held_out` is (features, target) by which a family that can stops early; others ignore it.

        `seconds` is when to stop adding trees or epochs and keep those that are there, for families that can; 0 for never.
        """

    def thin(self, estimator: Any, models: int) -> int:
        """Drop from a fitted estimator the trees that are of no use where so many of its kind predict together.

        Returns how many are kept; 0 where all are.
        """

    def iterations(self, estimator: Any) -> int:
        """How many trees or epochs a fitted estimator kept; 0 where there is no such thing."""
