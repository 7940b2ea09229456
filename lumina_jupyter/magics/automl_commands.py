"""`%lumina automl` and `%lumina profile`: models and reports of a table that the cell names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import InvalidOption, MissingExtra, UnknownName
from .output import escaped, markdown
from .session import Session
from .tables import table

if TYPE_CHECKING:
    from ..automl.estimator.estimator import AutoML
    from ..automl.experiment.listing import Listed

VARIABLE = "best_model"
"""Where the model is kept when the line names no variable."""
EXPERIMENTS_SHOWN = 20
_SETTINGS = {
    "--target": "target",
    "--time": "time_budget",
    "--metric": "metric",
    "--task": "task",
    "--name": "name",
    "--output": "output",
    "--groups": "groups",
    "--time-column": "time",
    "--series": "series",
    "--horizon": "horizon",
    "--trials": "max_trials",
    "--cores": "n_jobs",
    "--memory": "memory_budget",
}
_NUMBERS: dict[str, tuple[Callable[[str], float], str]] = {
    "time_budget": (lambda text: float(text.removesuffix("s")), "--time takes seconds"),
    "memory_budget": (lambda text: 1e6 * float(text), "--memory takes MB"),
    "horizon": (int, "--horizon takes a whole number of steps"),
    "max_trials": (int, "--trials takes a whole number"),
    "n_jobs": (int, "--cores takes a whole number"),
}
_OF_THE_TABLE = ("groups", "time", "series")
"""What `fit` is told, and not the estimator: names of columns."""
_USAGE = (
    "Write `%lumina automl TABLE --target COLUMN [--time SECONDS] [--metric METRIC] [--task TASK] [--name NAME] "
    "[--output VARIABLE] [--groups COLUMN] [--time-column COLUMN] [--series COLUMN] [--horizon STEPS] [--trials NUMBER] "
    "[--cores NUMBER] [--memory MB]`, `%lumina automl resume NAME`, or `%lumina automl` for what was tried so far."
)


def automl(session: Session, arguments: Sequence[str]) -> None:
    """Search for a model of a table, go on with a search, or list the experiments.

    Raises:
        InvalidOption: when the arguments do not fit.
        UnknownName: when there is no such variable.
        LuminaError: when nothing can be learned from the table.
    """
    words, options = _read(arguments)
    if not words and not options:
        _list(session)
    elif words and words[0] == "resume":
        _resume(session, words[1:], options)
    else:
        _search(session, words, options)


def profile(session: Session, arguments: Sequence[str]) -> None:
    """Show what is in a table that would mislead a model.

    Raises:
        InvalidOption: when the arguments do not fit.
        UnknownName: when there is no such variable.
    """
    words, options = _read(arguments)
    if len(words) != 1 or set(options) - {"target"}:
        raise InvalidOption("Write `%lumina profile TABLE [--target COLUMN]`.")
    found = _loaded("profile")(_variable(session, words[0]), _one(options, "target") or None)
    session.output.show({"text/html": found._repr_html_(), "text/plain": repr(found)})


def _search(session: Session, words: list[str], options: dict[str, list[str]]) -> None:
    if len(words) != 1 or "target" not in options:
        raise InvalidOption("A search needs a table and its target.", hint=_USAGE)
    frame = _variable(session, words[0])
    output, target = _one(options, "output"), _one(options, "target")
    columns: dict[str, Any] = {name: given[-1] for name in _OF_THE_TABLE if (given := options.get(name))}
    if len(options.get("series", ())) > 1:
        columns["series"] = options["series"]
    made: AutoML = _loaded("AutoML")(**_parameters(options))
    _keep(session, made.fit(frame, target, **columns), output)


def _resume(session: Session, words: list[str], options: dict[str, list[str]]) -> None:
    if len(words) != 1 or set(options) - {"time_budget", "output"}:
        raise InvalidOption("Write `%lumina automl resume NAME [--time SECONDS] [--output VARIABLE]`.")
    output = _one(options, "output")
    _keep(session, _loaded("AutoML").resume(words[0], **_parameters(options)), output)


def _list(session: Session) -> None:
    _loaded("AutoML")
    from ..automl.experiment.listing import experiments

    found = experiments()
    if not found:
        session.output.show(markdown(f"No search was made yet. {_USAGE}"))
        return
    rows = [_row(each) for each in found[:EXPERIMENTS_SHOWN]]
    more = f" {len(found) - EXPERIMENTS_SHOWN} older ones are not shown." if len(found) > EXPERIMENTS_SHOWN else ""
    note = f"Go on with one: `%lumina automl resume NAME`.{more}"
    session.output.show(table(["name", "target", "metric", "score", "began", "state"], rows, note=note))


def _row(each: Listed) -> list[str]:
    score = "" if each.score is None else f"{each.score:.5g}"
    return [each.name, each.target, each.metric, score, each.began, each.state]


def _keep(session: Session, made: AutoML, output: str) -> None:
    """Bind the model to a variable; nothing of the user's is overwritten unless the line named it."""
    name = output or _free(session, type(made))
    session.ipython.push({name: made})  # type: ignore[no-untyped-call]  # IPython's function has no types
    score = f"{made.metric_.name} {made.best_score_:.5g}"
    verdict = made.verdict_.text if made.verdict_ and not made.verdict_.skill else ""
    text = (
        f"`{name}` predicts: `{name}.predict(table)`. On rows held out: **{escaped(score)}**. "
        f"`{name}.leaderboard_` has every model, `{name}.to_code()` the code of this one. "
        f"The experiment is `{made.experiment_.name}`."
    )
    plain = f"{name} predicts: {name}.predict(table). On rows held out: {score}."
    if verdict:
        text, plain = f"**{escaped(verdict)}**\n\n{text}", f"{verdict}\n{plain}"
    session.output.show(markdown(text, plain))


def _free(session: Session, kind: type[Any]) -> str:
    taken = session.ipython.user_ns
    names = (VARIABLE if turn == 1 else f"{VARIABLE}_{turn}" for turn in range(1, 10_000))
    return next(name for name in names if isinstance(taken.get(name), kind) or name not in taken)


def _read(arguments: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The words of a line, and its options by the names of what they set, each as often as it was given."""
    words: list[str] = []
    options: dict[str, list[str]] = {}
    rest = iter(arguments)
    for word in rest:
        if not word.startswith("--"):
            words.append(word)
            continue
        option, _, value = word.partition("=")
        if option not in _SETTINGS:
            raise InvalidOption(f"There is no option {option}.", hint=_USAGE)
        value = value or next(rest, "")
        if not value:
            raise InvalidOption(f"{option} needs a value.", hint=_USAGE)
        options.setdefault(_SETTINGS[option], []).append(value)
    return words, options


def _one(options: dict[str, list[str]], name: str) -> str:
    return options.get(name, [""])[-1]


def _parameters(options: dict[str, list[str]]) -> dict[str, Any]:
    """The estimator's own."""
    given: dict[str, Any] = {}
    for name in set(options) - {"target", "output", *_OF_THE_TABLE}:
        text = _one(options, name)
        read, what = _NUMBERS.get(name, (str, ""))
        try:
            given[name] = read(text)
        except ValueError as error:
            raise InvalidOption(f"{what}, but was given {text!r}.") from error
    return given


def _variable(session: Session, name: str) -> Any:
    if name not in session.ipython.user_ns:
        raise UnknownName(f"There is no variable {name}.", hint="Run the cell that makes the table first.")
    return session.ipython.user_ns[name]


def _loaded(name: str) -> Any:
    """A public name of AutoML, whose libraries come with an extra."""
    from .. import automl as package

    try:
        return getattr(package, name)
    except ImportError as error:
        raise MissingExtra("AutoML", "automl") from error
