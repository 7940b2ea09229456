"""What happens between the call of `AutoML.fit` and its return."""

from __future__ import annotations

import contextlib
import dataclasses
import platform
import threading
from typing import TYPE_CHECKING, Any

import joblib
import numpy as np
import psutil
import sklearn
from sklearn.utils import check_random_state

from lumina_jupyter.errors import SettingUnusable

from .execution.local import LocalExecutor
from .experiment.experiment import Experiment
from .experiment.problem import Problem, data_hash
from .families.family import Family
from .families.registry import FAMILIES, families_for
from .metrics import Metric, find_metric
from .pipeline import shape_of
from .preparation import prepare
from .progress import Stage, StageBegan, Warned
from .search.clock import BudgetClock
from .search.run import Found, Search
from .search.session import Session
from .task import TaskKind

if TYPE_CHECKING:
    from .estimator import AutoML

TASKS: tuple[TaskKind, ...] = ("binary", "multiclass", "regression", "quantile")
FEW_ROWS = 10_000
"""Below so many rows, two workers with a thread each do more than one with two."""
FREE_SHARE = 0.7
"""Of the memory that is free, what a search takes when nothing is said."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """What `fit` leaves behind."""

    problem: Problem
    metric: Metric
    found: Found
    experiment: Experiment
    session: Session


def fit(settings: AutoML, session: Session, X: Any, y: Any, *, groups: Any, time: Any, weights: Any) -> Fit:
    """Search, in a thread of its own so that an interrupt finds everything in order."""
    clock = BudgetClock(_budget(settings.time_budget))
    kind = _kind(settings.task)
    seed = _seed(settings.random_state)
    rows = X.shape[0] if getattr(X, "shape", None) else 0
    workers, threads = _split_cores(settings.n_jobs, rows)
    with contextlib.ExitStack() as stack:
        executor = LocalExecutor(workers, threads, _memory(settings.memory_budget) // workers)
        stack.callback(executor.close)
        session.say(StageBegan(stage="looking", text="The table is looked at.", seconds=0.0))
        problem = prepare(
            X,
            y,
            kind=kind,
            quantiles=tuple(settings.quantiles) if kind == "quantile" else (),
            kinds=settings.kinds,
            groups=groups,
            time=time,
            folds=settings.folds,
            weights=weights,
            seed=seed,
            say=session.say,
        )
        metric = find_metric(settings.metric, problem.task)
        families = _families(settings.families, problem)
        experiment = Experiment.create(settings.name, problem.task.target)
        problem.save(experiment.folder)
        experiment.write_spec(_spec(settings, problem, metric, seed))
        session.keep_in(experiment)
        executor.open(experiment.folder)
        search = Search(
            problem=problem,
            metric=metric,
            families=families,
            experiment=experiment,
            executor=executor,
            clock=clock,
            seed=seed,
            workers=workers,
            threads=threads,
            most_trials=settings.max_trials or 0,
            say=session.say,
            stopping=session.stopping,
            pausing=session.pausing,
            hurry=session.hurry,
        )
        found = run_guarded(search, session)
    ended: Stage = "stopped" if found.ending == "stopped" else "done"
    session.say(StageBegan(stage=ended, text=_farewell(found), seconds=clock.elapsed))
    return Fit(problem=problem, metric=metric, found=found, experiment=experiment, session=session)


def run_guarded(search: Search, session: Session) -> Found:
    """Run the search in a thread. An interrupt here stops it with the best so far; a second one hurries it."""
    outcome: list[Found | BaseException] = []

    over = threading.Event()

    def run() -> None:
        try:
            outcome.append(search.run())
        except BaseException as error:  # noqa: BLE001 - raised again below, in the caller's thread
            outcome.append(error)
        finally:
            over.set()

    threading.Thread(target=run, name="lumina-automl", daemon=True).start()
    # Not by `Thread.join`: when that is interrupted it takes the thread for one that has ended.
    while not over.is_set():
        try:
            over.wait(0.5)
        except KeyboardInterrupt:
            if session.stopping.is_set():
                session.hurry.set()
            else:
                session.stopping.set()
                session.say(Warned(text="The search was interrupted; the best so far is kept."))
    (result,) = outcome
    if isinstance(result, BaseException):
        raise result
    return result


def _farewell(found: Found) -> str:
    if found.ending == "exhausted":
        return "Everything that could be tried was tried before the time was over."
    return "The search was stopped; the best so far is kept." if found.ending == "stopped" else "The search is over."


def _budget(seconds: Any) -> float:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float | np.number) or not seconds > 0:
        raise SettingUnusable(f"time_budget={seconds!r} is no number of seconds.", hint="Give a number above 0.")
    return float(seconds)


def _kind(task: Any) -> TaskKind | None:
    if task == "auto":
        return None
    if task in TASKS:
        found: TaskKind = task
        return found
    raise SettingUnusable(f"There is no task {task!r}.", hint=f"Tasks: auto, {', '.join(TASKS)}.")


def _seed(random_state: Any) -> int:
    if isinstance(random_state, int | np.integer):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))


def _split_cores(n_jobs: int | None, rows: int) -> tuple[int, int]:
    """How many workers, with how many threads each."""
    available = int(joblib.cpu_count())
    cores = available if n_jobs is None else available + 1 + n_jobs if n_jobs < 0 else n_jobs
    cores = max(1, cores)
    threads = 2 if rows >= FEW_ROWS and cores > 2 else 1
    return max(1, cores // threads), threads


def _memory(budget: Any) -> int:
    if budget is None:
        return int(psutil.virtual_memory().available * FREE_SHARE)
    if isinstance(budget, bool) or not isinstance(budget, int | float | np.number) or not budget > 0:
        raise SettingUnusable(
            f"memory_budget={budget!r} is no number of bytes.", hint="Give a number above 0, or None."
        )
    return int(budget)


def _families(names: Any, problem: Problem) -> list[Family]:
    suitable = [
        family
        for family in families_for(problem.task.kind, shape_of(problem.schema, problem.task, len(problem.features)))
        if family.name != "naive"
    ]
    if names is None:
        return suitable
    unknown = [name for name in names if name not in FAMILIES]
    if unknown:
        raise SettingUnusable(
            f"There is no family {', '.join(map(repr, unknown))}.", hint=f"Families: {', '.join(FAMILIES)}."
        )
    wanted = {*names, "hist_gradient_boosting"}
    return [family for family in suitable if family.name in wanted]


def _spec(settings: AutoML, problem: Problem, metric: Metric, seed: int) -> dict[str, Any]:
    parameters = {
        name: value
        for name, value in settings.get_params(deep=False).items()
        if isinstance(value, str | int | float | list | tuple | type(None))
    }
    return {
        "parameters": parameters,
        "seed": seed,
        "task": problem.task.kind,
        "target": problem.task.target,
        "metric": {"name": metric.name, "greater_is_better": metric.greater_is_better, "named": metric.named},
        "rows": len(problem.features),
        "columns": len(problem.schema.columns),
        "data_hash": data_hash(problem.features, problem.target),
        "versions": {"python": platform.python_version(), "scikit-learn": sklearn.__version__, **_versions()},
    }


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, str] = {}
    for name in ("lumina-jupyter", "numpy", "pandas", "optuna", "lightgbm", "xgboost-cpu"):
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
