"""What `lumina automl` reads, prints and deletes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..automl.words import counted, percent, verb
from ..errors import InvalidOption, MissingExtra
from .output import clean, print_json, print_table, say

if TYPE_CHECKING:
    import pandas as pd

    from ..automl.estimator.estimator import AutoML
    from ..automl.experiment.experiment import Experiment
    from ..automl.experiment.listing import Listed
    from ..automl.jobs.view import ExperimentView
    from ..automl.register.comparison import ExperimentComparison
    from ..automl.showing.board import Row

MODELS = 3
"""Of how many families a comparison tells."""
WIDEST = 30
"""Characters of a value that stands beside others."""


def loaded() -> type[AutoML]:
    """The estimator, whose libraries come with an extra.

    Raises:
        MissingExtra: when they are not installed.
    """
    try:
        from ..automl.estimator.estimator import AutoML
    except ImportError as error:
        raise MissingExtra("AutoML", "automl") from error
    return AutoML


def read(file: str) -> pd.DataFrame:
    """The table in a file.

    Raises:
        DataUnusable: when it is none.
    """
    from ..automl.tables.files import read_table_file

    with Path(file).open("rb") as stream:
        return read_table_file(stream, Path(file).name)


def row(each: Listed) -> list[str]:
    """The cells of an experiment's row."""
    score = "" if each.score is None else f"{each.score:.5g}"
    seconds = f"{each.seconds:.0f}" if each.seconds else ""
    return [each.name, each.began, each.state, each.task, each.target, each.metric, score, f"{each.rows:,}", seconds]


def print_experiment(view: ExperimentView) -> None:
    """Print what is known of an experiment, with its leaderboard."""
    from ..automl.jobs.telling import told

    for line in told(view, leaders=0).splitlines():
        say(clean(line))
    if view.leaderboard:
        say()
        headings = ["trial", "model", "score", "share", "folds", "rows", "seconds", "state"]
        numbers = ["trial", "score", "share", "folds", "rows", "seconds"]
        print_table(headings, map(_leader, view.leaderboard), right=numbers)
    if view.left_out:
        more = counted(view.left_out, "more model")
        say(f"{more} {verb(view.left_out, 'is', 'are')} not shown; --rows shows more.", dim=True)


def print_comparison(found: ExperimentComparison) -> None:
    """Print experiments side by side."""
    headings = ["", *(clean(each.name) for each in found.experiments)]
    rows = [
        ["score", *("-" if each.score is None else f"{each.score:.5g}" for each in found.experiments)],
        ["models", *(", ".join(list(each.models)[:MODELS]) for each in found.experiments)],
        ["seconds", *(f"{each.seconds:.0f}" for each in found.experiments)],
        ["trials", *(str(each.trials) for each in found.experiments)],
    ]
    rows += [[each.what, *(_shown(value) for value in each.values)] for each in found.differences]
    print_table(headings, rows)
    say()
    say(clean(found.text))


def print_ended(experiment: Experiment, *, as_json: bool) -> None:
    """Print what came of a search."""
    from ..automl.jobs.view import view_of

    view = view_of(experiment, rows=10)
    if as_json:
        print_json(view)
        return
    print_experiment(view)
    say(f"Predict with it: lumina automl predict {clean(view.name)!r} FILE", dim=True)


def predicted(model: AutoML, table: pd.DataFrame, *, probabilities: bool) -> pd.DataFrame:
    """Predictions as a frame: the target's column, and on demand one for each class."""
    import pandas as pd

    target = model.task_.target
    values = model.predict(table)
    if values.ndim == 2:
        return pd.DataFrame(values, columns=[f"{target} {quantile:g}" for quantile in model.task_.quantiles])
    found = pd.DataFrame({target: values})
    if not probabilities:
        return found
    if not model.task_.classifies:
        raise InvalidOption("There are probabilities of classes alone.", hint="Leave out --probabilities.")
    names = [f"{target} {each}" for each in model.classes_]
    return pd.concat([found, pd.DataFrame(model.predict_proba(table), columns=names)], axis=1)


def write(frame: pd.DataFrame, file: str, *, replace: bool) -> None:
    """Write a CSV file.

    Raises:
        InvalidOption: when it is there already.
        StorageFailed: when it cannot be written.
    """
    from ..storage.folders import write_atomically

    path = Path(file)
    if path.exists() and not replace:
        raise InvalidOption(f"{file} is there already.", hint="--force replaces it.")
    write_atomically(path, frame.to_csv(index=False).encode(), mode=0o644)


def remove(experiments: Iterable[Experiment]) -> None:
    """Delete experiments, and what the server knows of their jobs.

    Raises:
        SettingUnusable: when one is being searched.
    """
    from ..automl.jobs.shelf import Shelf

    for each in experiments:
        with each.locked():
            pass
        each.remove()
        Shelf(each.folder.parent.parent, each.folder.parent).folder(each.name).remove()


def _shown(value: object) -> str:
    text = "" if value is None else str(value)
    return clean(text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…")


def _leader(each: Row) -> list[str]:
    return [
        str(each.number),
        f"{each.title} ({each.origin})" if each.origin in ("naive", "baseline") else each.title,
        "-" if each.score is None else f"{each.score:.5g}",
        percent(each.weight) if each.weight else "",
        str(each.folds),
        percent(each.rows),
        f"{each.seconds:.1f}",
        each.state,
    ]
