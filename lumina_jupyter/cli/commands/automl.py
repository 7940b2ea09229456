"""`lumina automl`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ..output import clean, print_json, print_table, say

if TYPE_CHECKING:
    from ...automl.experiment.control import Wish

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_YES = click.option("-y", "--yes", is_flag=True, help="Do not ask.")


@click.group(short_help="Search for models of tables, and predict with them.", no_args_is_help=True)
def command() -> None:
    """Search for models of tables in files, go on with searches, predict with what they found.

    Experiments are those of notebooks, of the server's jobs and of this command alike.
    """


@command.command("list")
@_JSON
def list_experiments(as_json: bool) -> None:
    """List the experiments, the newest first."""
    from ...automl.experiment.listing import experiments
    from ..automl_showing import row

    found = experiments()
    if as_json:
        print_json(found)
    elif found:
        headings = ["name", "began", "state", "task", "target", "metric", "score", "rows", "seconds"]
        print_table(headings, map(row, found), right=["score", "rows", "seconds"])
    else:
        say("No search was made yet. Begin with `lumina automl run FILE --target COLUMN`.")


@command.command()
@click.argument("name")
@click.option("--rows", default=10, show_default=True, type=click.IntRange(0), help="Rows of the leaderboard.")
@_JSON
def show(name: str, rows: int, as_json: bool) -> None:
    """Show the experiment NAME: how far it is, how good, what to be careful of, and its leaderboard."""
    from ...automl.experiment.experiment import Experiment
    from ...automl.jobs.view import view_of
    from ..automl_showing import print_experiment

    view = view_of(Experiment.open(name), rows=rows)
    if as_json:
        print_json(view)
    else:
        print_experiment(view)


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--target", required=True, metavar="COLUMN", help="What is to be predicted.")
@click.option("--time", "seconds", default=60.0, show_default=True, metavar="SECONDS", help="How long to search.")
@click.option("--metric", default="auto", metavar="METRIC", help="By which models are compared.")
@click.option(
    "--task", default="auto", metavar="TASK", help="binary, multiclass, regression, quantile, forecasting, ranking."
)
@click.option("--name", default="", metavar="NAME", help="The experiment's name.")
@click.option("--memory", "memory_mb", default=0.0, metavar="MB", help="What the search may take beside this process.")
@click.option("--cores", default=0, type=click.IntRange(0), help="How many cores are used; 0: all.")
@click.option("--trials", default=0, type=click.IntRange(0), help="How many models are tried at most; 0: any number.")
@click.option("--groups", default="", metavar="COLUMN", help="Rows with the same value stay together, as of a query.")
@click.option("--time-column", default="", metavar="COLUMN", help="Rows are in the order of this one.")
@click.option("--series", default=(), multiple=True, metavar="COLUMN", help="Tells series apart; can be given twice.")
@click.option("--horizon", default=0, type=click.IntRange(0), help="How many steps ahead is forecast.")
@_JSON
def run(
    file: str,
    target: str,
    seconds: float,
    metric: str,
    task: str,
    name: str,
    memory_mb: float,
    cores: int,
    trials: int,
    groups: str,
    time_column: str,
    series: tuple[str, ...],
    horizon: int,
    as_json: bool,
) -> None:
    """Search for a model of the table in FILE: CSV, TSV, JSON, Parquet or Feather.

    Ctrl-C ends the search and keeps the best so far.
    """
    from ..automl_showing import loaded, print_ended, read

    automl = loaded()
    table = read(file)
    model = automl(
        task=task,
        metric=metric,
        time_budget=seconds,
        memory_budget=memory_mb * 1e6 or None,
        n_jobs=cores or None,
        max_trials=trials or None,
        horizon=horizon or None,
        name=name,
        verbose=0 if as_json else 1,
    )
    told_apart = series[0] if len(series) == 1 else list(series)
    model.fit(table, target, groups=groups or None, time=time_column or None, series=told_apart or None)
    print_ended(model.experiment_, as_json=as_json)


@command.command()
@click.argument("name")
@click.option("--time", "seconds", default=None, type=float, metavar="SECONDS", help="For how many more seconds.")
@_JSON
def resume(name: str, seconds: float | None, as_json: bool) -> None:
    """Go on with the search NAME; nothing that was trained is trained again. Ctrl-C keeps the best so far."""
    from ..automl_showing import loaded, print_ended

    model = loaded().resume(name, time_budget=seconds, verbose=0 if as_json else 1)
    print_ended(model.experiment_, as_json=as_json)


@command.command()
@click.argument("name")
def pause(name: str) -> None:
    """Hold the search NAME, wherever it runs: no new fits begin, and its time stands still."""
    _ask(name, "pause", "It pauses. It goes on by `lumina automl go-on NAME`.")


@command.command("go-on")
@click.argument("name")
def go_on(name: str) -> None:
    """Let the search NAME go on after a pause."""
    _ask(name, "go", "It goes on.")


@command.command()
@click.argument("name")
def stop(name: str) -> None:
    """End the search NAME, wherever it runs; the best so far is kept."""
    _ask(name, "stop", "It ends, and keeps the best so far: `lumina automl show NAME`.")


def _ask(name: str, wish: Wish, said: str) -> None:
    from ...automl.experiment.control import ask_running
    from ...automl.experiment.experiment import Experiment

    ask_running(Experiment.open(name), wish)
    say(said.replace("NAME", f"{clean(name)!r}"))


@command.command()
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("-o", "--output", default="", metavar="FILE", help="Write a CSV file instead of printing.")
@click.option("--probabilities", is_flag=True, help="A column for each class beside the likeliest one.")
@click.option("--force", is_flag=True, help="Replace the output when it is there.")
@_JSON
def predict(name: str, file: str, output: str, probabilities: bool, force: bool, as_json: bool) -> None:
    """Predict the rows of the table in FILE with the model that the search NAME has found, as CSV."""
    from ..automl_showing import loaded, predicted, read, write

    model = loaded().open(name)
    found = predicted(model, read(file), probabilities=probabilities)
    if output:
        write(found, output, replace=force)
        say(f"{clean(output)} has {len(found):,} predictions of {clean(model.task_.target)}.", err=True)
    elif as_json:
        print_json(found.to_dict("records"))
    else:
        found.to_csv(sys.stdout, index=False)


@command.command()
@click.argument("name")
@_YES
@_JSON
def delete(name: str, yes: bool, as_json: bool) -> None:
    """Delete the experiment NAME with its models. There is no way back."""
    from ...automl.experiment.experiment import Experiment
    from ..automl_showing import remove
    from ..own_engine import with_engine

    experiment = Experiment.open(name)
    _confirm(f"Delete {clean(name)!r} with its models?", yes=yes)
    remove([experiment])
    with_engine(lambda engine: engine.experiments.forget(name))
    if as_json:
        print_json({"deleted": [name]})
    else:
        say(f"{clean(name)!r} is deleted.")


@command.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME NAME...")
@_JSON
def compare(names: tuple[str, ...], as_json: bool) -> None:
    """Put experiments side by side: which is best, and in what they differ. Their models may be deleted."""
    from ..automl_showing import print_comparison
    from ..own_engine import with_engine

    found = with_engine(lambda engine: engine.experiments.compare(names, ""))
    if as_json:
        print_json(found)
    else:
        print_comparison(found)


@command.command("clean")
@click.option("--keep", default=None, type=click.IntRange(0), help="How many of them stay; `c.Lumina.automl_keep`.")
@_YES
@_JSON
def clean_up(keep: int | None, yes: bool, as_json: bool) -> None:
    """Delete experiments that nobody has given a name, all but the newest."""
    from ...automl.experiment.tidying import bytes_of, unnamed
    from ...automl.words import counted, verb
    from ...settings import load_settings
    from ..automl_showing import remove

    kept = load_settings().automl_keep if keep is None else keep
    found = unnamed(keep=kept)
    megabytes = bytes_of(found) / 1e6
    if found:
        _confirm(f"Delete {counted(len(found), 'experiment')} without a name ({megabytes:,.0f} MB)?", yes=yes)
        remove(found)
    if as_json:
        print_json({"deleted": [each.name for each in found], "kept": kept, "megabytes": round(megabytes, 1)})
    else:
        deleted = f"{counted(len(found), 'experiment')} {verb(len(found), 'is', 'are')} deleted"
        say(f"{deleted}, {megabytes:,.0f} MB; the last {kept} without a name are kept.")


def _confirm(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("Nobody can be asked here whether to delete it: say --yes.")
    click.confirm(question, abort=True, err=True)
