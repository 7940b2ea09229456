"""The parameters of `AutoML`, as scikit-learn wants them: kept as they are given, checked by `fit`."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any, Self

from sklearn.base import BaseEstimator

from ..experiment.experiment import SharedName


class Parameters(BaseEstimator):
    """The parameters; `AutoML` says what each one means."""

    def __init__(
        self,
        task: str = "auto",
        metric: Any = "auto",
        *,
        time_budget: float = 60.0,
        memory_budget: float | None = None,
        n_jobs: int | None = None,
        random_state: Any = 0,
        families: Sequence[str] | None = None,
        kinds: Any = None,
        folds: Any = None,
        quantiles: Sequence[float] = (0.1, 0.5, 0.9),
        horizon: int | None = None,
        max_trials: int | None = None,
        executor: Any = "local",
        storage: str | None = None,
        name: str = "",
        verbose: int = 1,
    ) -> None:
        self.task = task
        self.metric = metric
        self.time_budget = time_budget
        self.memory_budget = memory_budget
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.families = families
        self.kinds = kinds
        self.folds = folds
        self.quantiles = quantiles
        self.horizon = horizon
        self.max_trials = max_trials
        self.executor = executor
        self.storage = storage
        self.name = name
        self.verbose = verbose

    def __sklearn_clone__(self) -> Self:
        plain = self
        if not isinstance(self.executor, str):
            # A client of a cluster can't be copied: the clone has the same.
            plain = copy(self)
            plain.executor = "local"
        made: Self = super(Parameters, plain).__sklearn_clone__()
        made.executor = self.executor
        if isinstance(self.name, str):
            made.name = SharedName(self.name)
        return made
