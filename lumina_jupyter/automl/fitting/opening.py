"""A search that is over, read again from its experiment: the same model, with nothing searched or trained."""

from __future__ import annotations

from typing import Any, cast

from lumina_jupyter.errors import ExperimentMissing, NothingTrained

from ..experiment.experiment import Experiment
from ..experiment.problem import load_problem
from ..progress import Decided, Warned
from ..search.book import Book
from ..search.finish import Selected, assemble
from ..search.loop import Ending
from ..search.run import Found
from ..search.session import Session
from ..search.skill import Verdict
from ..tracking.outcome import untold
from .fit import Fit, metric_of


def reopened(experiment: Experiment, metric: Any = None) -> Fit:
    """What the search of an experiment has left behind.

    Args:
        experiment: Its folder.
        metric: The function or scorer, where the experiment's metric was one.

    Raises:
        NothingTrained: when the search did not come to its end.
        ExperimentMissing: when its files can't be read.
        SettingUnusable: when its metric is a function that was not given.
    """
    spec, result = experiment.spec(), experiment.result()
    if result is None:
        raise NothingTrained(
            f"The search of {experiment.name!r} did not come to its end.",
            hint=f"Go on with it: `AutoML.resume({experiment.name!r})`.",
        )
    try:
        problem = load_problem(experiment.folder)
        found = metric_of(spec, metric, problem.task)
        selected = Selected(
            weights={int(number): float(weight) for number, weight in result["weights"].items()},
            parts={int(number): tuple(parts) for number, parts in result["parts"].items()},
            score=found.read(result["score"]),
            verdict=_verdict(result),
        )
        book = Book(experiment, len(problem.validation.folds), found.mean)
        model = assemble(selected, book, problem, experiment)
    except (OSError, KeyError, EOFError) as error:
        raise ExperimentMissing(f"The experiment {experiment.name!r} can't be read: {error}.") from error
    session = Session([])
    session.said.extend(event for event in experiment.events() if isinstance(event, Decided | Warned))
    if text := untold(experiment):
        session.say(Warned(text=text))
    ending = cast("Ending", result["ending"])
    return Fit(
        problem=problem,
        metric=found,
        found=Found(book=book, selected=selected, model=model, ending=ending),
        experiment=experiment,
        session=session,
    )


def _verdict(result: dict[str, Any]) -> Verdict | None:
    if result.get("skill") is None:
        return None
    numbers = {
        name: float("nan") if result.get(name) is None else float(result[name]) for name in ("certainty", "gain")
    }
    return Verdict(skill=bool(result["skill"]), text=str(result["verdict"]), **numbers)
