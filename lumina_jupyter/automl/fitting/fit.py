"""What happens between the call of `AutoML.fit` and its return; and how a search that ended goes on."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lumina_jupyter.errors import LuminaError, SettingUnusable

from ..execution.choice import make_executor
from ..execution.environment import few_threads
from ..execution.executor import Executor
from ..execution.local import LocalExecutor
from ..experiment.control import ask
from ..experiment.experiment import Experiment, check_name
from ..experiment.problem import Problem, load_problem
from ..experiment.recovery import CUT_SHORT, recover
from ..experiment.tidying import tidied
from ..metrics.metric import Metric, find_metric, looked_for
from ..progress import Decided, SearchBegan, Stage, StageBegan, Warned
from ..resources import families_of, kind_of, most_trials_of, quantiles_of, seconds_of, seed_of
from ..search.clock import BudgetClock
from ..search.run import Found, Search
from ..search.session import Session
from ..search.studies import Studies, group_of, open_storage
from ..task import Task
from ..tracking.begin import track, tracking_uri
from .preparation import prepare
from .specification import specify

if TYPE_CHECKING:
    from ..estimator.parameters import Parameters


PATIENCE = 2.0
"""Seconds to wait for those who only look whether an experiment is being searched."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """What a search leaves behind."""

    problem: Problem
    metric: Metric
    found: Found
    experiment: Experiment
    session: Session


def fit(
    settings: Parameters, session: Session, X: Any, y: Any, *, groups: Any, time: Any, series: Any, weights: Any
) -> Fit:
    """Look at the data, then search.

    Raises:
        DataUnusable: when nothing can be learned from the data as they are.
        SettingUnusable: when a parameter does not fit the data, or does not exist.
        NothingTrained: when the time was over before the first model was trained.
    """
    clock = BudgetClock(seconds_of(settings.time_budget))
    kind = kind_of(settings.task)
    seed = seed_of(settings.random_state)
    most_trials_of(settings.max_trials)
    if settings.name:
        check_name(settings.name)
    storage = open_storage(settings.storage)
    with _executor(settings, session, X.shape[0] if getattr(X, "shape", None) else 0) as executor:
        session.say(StageBegan(stage="looking", text="The table is looked at.", seconds=0.0))
        problem = prepare(
            X,
            y,
            kind=kind,
            quantiles=quantiles_of(settings.quantiles) if kind == "quantile" else (),
            kinds=settings.kinds,
            groups=groups,
            time=time,
            series=series,
            horizon=settings.horizon,
            folds=settings.folds,
            weights=weights,
            seed=seed,
            room=executor.memory if isinstance(executor, LocalExecutor) else 0,
            say=session.say,
        )
        metric = find_metric(settings.metric, problem.task)
        if counted := looked_for(metric, problem.task):
            session.say(Decided(text=counted, setting="metric"))
        families_of(settings.families, problem)
        told = tidied()
        if told:
            session.say(Decided(text=told, setting="name"))
        experiment = Experiment.create(settings.name, problem.task.target)
        if settings.name and experiment.name != settings.name:
            told = f"The name {settings.name!r} is taken, and this is a clone: its experiment is {experiment.name!r}."
            session.say(Decided(text=told, setting="name"))
        problem.save(experiment.folder)
        experiment.write_spec(specify(settings, problem, metric, seed))
        session.keep_in(experiment)
        return _search(settings, session, problem, metric, experiment, clock, executor, storage)


def resume(settings: Parameters, session: Session, experiment: Experiment, more: float | None, metric: Any) -> Fit:
    """Go on with what is in an experiment's folder; nothing that is there is trained again.

    Args:
        settings: As they were.
        session: Is told what happens.
        experiment: Its folder.
        more: Seconds in addition to those that were spent; None for what is left of the budget.
        metric: The function or scorer, where the experiment's metric was one.

    Raises:
        ExperimentMissing: when its data can't be read.
        SettingUnusable: when it runs in another process, or its metric is a function that was not given.
    """
    spec = experiment.spec()
    spent = experiment.seconds()
    clock = BudgetClock(spent + seconds_of(more) if more is not None else float(settings.time_budget), spent=spent)
    problem = load_problem(experiment.folder)
    found = metric_of(spec, metric, problem.task)
    storage = open_storage(settings.storage)
    with experiment.locked(patience=PATIENCE):
        # Whoever stopped or held it meant the search that was.
        ask(experiment.folder, "go")
    session.keep_in(experiment)
    with _executor(settings, session, len(problem.features)) as executor:
        session.say(StageBegan(stage="looking", text="What is there already is read.", seconds=spent))
        return _search(settings, session, problem, found, experiment, clock, executor, storage)


def metric_of(spec: dict[str, Any], given: Any, task: Task) -> Metric:
    """The metric by which an experiment's models are compared.

    Raises:
        SettingUnusable: when it is a function that was not given.
    """
    kept = spec["metric"]
    if not kept["named"] and given is None:
        raise SettingUnusable(
            f"The experiment's metric is a function, {kept['name']}, which is not kept.",
            hint="Give it again: `AutoML.resume(name, metric=…)`.",
        )
    return find_metric(kept["name"] if kept["named"] else given, task)


@contextlib.contextmanager
def _executor(settings: Parameters, session: Session, rows: int) -> Iterator[Executor]:
    executor = make_executor(
        settings.executor,
        n_jobs=settings.n_jobs,
        memory_budget=settings.memory_budget,
        rows=rows,
        warn=lambda text: session.say(Warned(text=text)),
    )
    try:
        with few_threads():
            yield executor
    finally:
        executor.close()


def _search(
    settings: Parameters,
    session: Session,
    problem: Problem,
    metric: Metric,
    experiment: Experiment,
    clock: BudgetClock,
    executor: Executor,
    storage: Any,
) -> Fit:
    spec = experiment.spec()
    with experiment.locked(patience=PATIENCE):
        recover(experiment, problem, metric)
        executor.open(experiment.folder)
        session.say(
            SearchBegan(
                name=experiment.name,
                target=problem.task.target,
                metric=metric.name,
                greater_is_better=metric.greater_is_better,
                budget=clock.total,
            )
        )
        search = Search(
            problem=problem,
            metric=metric,
            families=families_of(settings.families, problem),
            experiment=experiment,
            executor=executor,
            clock=clock,
            studies=Studies(
                experiment.folder,
                storage,
                group="" if storage is None else group_of(problem, spec["data_hash"], metric.name),
                owner=spec.get("id", experiment.name),
                warn=lambda text: session.say(Warned(text=text)),
            ),
            seed=spec["seed"],
            most_trials=most_trials_of(settings.max_trials),
            say=session.say,
            stopping=session.stopping,
            hurry=session.hurry,
        )
        found = run_guarded(search, session)
        experiment.write_result(found.summary(metric, clock.elapsed))
        _track(session, experiment)
        stage: Stage = "stopped" if found.ending in {"stopped", "lost"} else "done"
        session.say(StageBegan(stage=stage, text=_farewell(found), seconds=clock.elapsed))
    return Fit(problem=problem, metric=metric, found=found, experiment=experiment, session=session)


def _track(session: Session, experiment: Experiment) -> None:
    """Have MLflow told, where a server of it is set. What keeps it from being told costs nobody a search."""
    try:
        if uri := tracking_uri():
            session.say(Decided(text=track(experiment, uri), setting="mlflow_tracking_uri"))
    except (LuminaError, OSError) as error:
        session.say(Warned(text=f"MLflow was not told of this search. {error}"))


def run_guarded(search: Search, session: Session) -> Found:
    """Run the search in a thread of its own, so that an interrupt finds everything in order.

    An interrupt here stops it with the best so far; a second one hurries it.
    """
    outcome: list[Found | BaseException] = []
    over = threading.Event()

    def run() -> None:
        try:
            # The number of OpenMP's threads is each thread's own.
            with few_threads():
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
        return "Everything that was to be tried was tried before the time was over."
    if found.ending in {"stopped", "lost"}:
        return f"{CUT_SHORT[found.ending].removesuffix('.')}; the best so far is kept."
    return "The search is over."
