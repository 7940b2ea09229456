"""How an `AutoML` object learns: it searches, goes on with a search, and is paused or stopped while it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

from ..experiment.experiment import Experiment
from ..fitting.fit import Fit, fit, resume
from ..fitting.opening import reopened
from ..progress import Listener
from ..resources import seconds_of
from ..search.session import Session
from ..showing.views import watched
from .fitted import Fitted


class Searching(Fitted):
    """The methods that search."""

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        groups: Any = None,
        time: Any = None,
        series: Any = None,
        sample_weight: Any = None,
    ) -> Self:
        """Search. An interrupt ends the search early, and the best so far is kept.

        Args:
            X: A table: pandas, polars, Arrow, NumPy, a dict of columns.
            y: The target, or the name of its column in `X`. Rows without a target are left out.
            groups: The name of a column, or a value for each row, whose rows stay together; False never groups. For rankings:
                which rows are of one query; the column is no feature.
            time: The name of a column, or a value for each row, by which rows are in order; True takes the rows' own
                order, False never looks forward in time. For forecasting: the name of the column of moments.
            series: For forecasting: the name or names of the columns that tell series apart; None for a single one.
            sample_weight: How much each row counts: a value for each row, or the name of a column, which is not learned from.

        Raises:
            DataUnusable: when nothing can be learned from the data as they are.
            SettingUnusable: when a parameter does not fit the data, or does not exist.
            NothingTrained: when the time was over before the first model was trained.
            ClusterUnavailable: when the cluster of `executor` can't be reached, or its workers can't do the work.
        """
        self._run(
            lambda session: fit(self, session, X, y, groups=groups, time=time, series=series, weights=sample_weight),
            self.time_budget,
            getattr(self, "_listeners", ()),
        )
        self._name_features(X)
        return self

    @classmethod
    def resume(
        cls,
        name: str,
        *,
        time_budget: float | None = None,
        metric: Any = None,
        executor: Any = None,
        storage: str | None = None,
        verbose: int = 1,
        listeners: Sequence[Listener] = (),
    ) -> Self:
        """Go on with a search whose process has died, or that has ended; nothing that was trained is trained again.

        Args:
            name: The experiment's name.
            time_budget: For how many more seconds; None for what is left of its budget. With nothing left, what was found
                is put together again.
            metric: The function or scorer, where the experiment's metric was one.
            executor: Where fits run now; None for where they ran, or here when that was a client.
            storage: Where proposals are kept now; None for where they were.
            verbose: 0 shows nothing, 1 the progress.
            listeners: Who is told what happens, as for `listen`.

        Raises:
            ExperimentMissing: when there is none of this name.
            SettingUnusable: when it is being searched by another process, or its metric is a function that was not given.
            ClusterUnavailable: when the cluster can't be reached.
        """
        experiment = Experiment.open(name)
        made = cls(**{**experiment.spec()["parameters"], "verbose": verbose})
        if executor is not None:
            made.executor = executor
        if storage is not None:
            made.storage = storage
        budget = made.time_budget if time_budget is None else time_budget
        made._run(lambda session: resume(made, session, experiment, time_budget, metric), budget, listeners)
        return made

    @classmethod
    def open(cls, name: str, *, metric: Any = None) -> Self:
        """The model of a search that is over, as it was then; nothing is searched or trained.

        Args:
            name: The experiment's name.
            metric: The function or scorer, where the experiment's metric was one.

        Raises:
            ExperimentMissing: when there is none of this name, or it can't be read.
            NothingTrained: when the search did not come to its end.
            SettingUnusable: when its metric is a function that was not given.
        """
        experiment = Experiment.open(name)
        made = cls(**experiment.spec()["parameters"])
        made._take(reopened(experiment, metric))
        return made

    def listen(self, listener: Listener) -> Self:
        """Tell somebody what the next searches of this object say.

        Args:
            listener: Called with each event (of `lumina_jupyter.automl.progress`), in the thread of the search.
        """
        self._listeners: list[Listener] = [*getattr(self, "_listeners", ()), listener]
        return self

    def stop(self) -> None:
        """End the search that runs, from another thread; the best so far is kept. Without one nothing happens."""
        if hasattr(self, "_session"):
            self._session.stopping.set()

    def pause(self) -> None:
        """Begin no new fits until `go_on`; the budget's clock stands still.

        Raises:
            DiskFull, StorageFailed: when the experiment's folder cannot be written; the search goes on.
        """
        if hasattr(self, "_session"):
            self._session.pause()

    def go_on(self) -> None:
        """Go on after `pause`, or after a pause that a terminal has asked for.

        Raises:
            DiskFull, StorageFailed: as `pause`.
        """
        if hasattr(self, "_session"):
            self._session.go_on()

    def __getstate__(self) -> dict[str, Any]:
        """Without those who listen: they belong to this process, and many can't be pickled."""
        state = dict(super().__getstate__())
        state.pop("_listeners", None)
        return state

    def _run(self, search: Callable[[Session], Fit], budget: Any, listeners: Sequence[Listener]) -> None:
        with watched(self, seconds_of(budget), shown=bool(self.verbose)) as viewers:
            self._session = Session([*viewers, *listeners])
            try:
                self._take(search(self._session))
            finally:
                del self._session
