"""A search as a run of MLflow: parameters, metrics, the curve of the best score, tags, the leaderboard.

A run is known by a tag with the experiment's id, so that a search which went on continues its run.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lumina_jupyter.errors import MissingExtra, NothingTrained

from ..experiment.experiment import Experiment
from ..jobs.view import ExperimentView, view_of
from ..register.entry import Entry, entry_of
from ..words import percent

if TYPE_CHECKING:
    from mlflow import MlflowClient

ID_TAG = "lumina.experiment_id"
MOST_ROWS = 10_000
LONGEST = 500
"""Characters of a parameter's value that every MLflow server takes."""


def send(experiment: Experiment, uri: str, kept_in: str) -> str:
    """Send an experiment to an MLflow server. Returns the run's id.

    Args:
        experiment: One that has ended.
        uri: The server's address, as MLFLOW_TRACKING_URI has it.
        kept_in: Name of the experiment of MLflow's that the run belongs to.

    Raises:
        MissingExtra: when MLflow's client is not installed.
        NothingTrained: when the experiment has not ended.
        MlflowException: what the client says went wrong.
    """
    try:
        from mlflow import MlflowClient
    except ImportError as error:
        raise MissingExtra("MLflow's client", "mlflow") from error
    entry = entry_of(experiment)
    if entry is None:
        raise NothingTrained(f"The search {experiment.name!r} has not ended: there is nothing to send.")
    view = view_of(experiment, rows=MOST_ROWS)
    client = MlflowClient(tracking_uri=uri)
    run = _run_of(client, entry, kept_in)
    _log(client, run, entry, view)
    client.log_text(run, _csv(view), "leaderboard.csv")
    client.log_text(run, json.dumps(asdict(entry), indent=1, ensure_ascii=False), "experiment.json")
    client.set_terminated(run, end_time=_end(entry))
    return run


def _run_of(client: MlflowClient, entry: Entry, kept_in: str) -> str:
    """The run of this experiment: the one that there is, or a new one."""
    found = client.get_experiment_by_name(kept_in)
    place = client.create_experiment(kept_in) if found is None else found.experiment_id
    runs = client.search_runs([place], f"tags.`{ID_TAG}` = '{entry.id}'", max_results=1)
    if runs:
        return str(runs[0].info.run_id)
    began = int(entry.began_at * 1000)
    return str(client.create_run(place, start_time=began, run_name=entry.name).info.run_id)


def _log(client: MlflowClient, run: str, entry: Entry, view: ExperimentView) -> None:
    from mlflow.entities import Metric, Param, RunTag

    began, end = int(entry.began_at * 1000), _end(entry)
    figures = {"score": entry.score, "seconds": entry.seconds, "trials": float(entry.trials)}
    metrics = [Metric(name, value, end, 0) for name, value in figures.items() if value is not None]
    metrics += [
        Metric("best_score", best.score, began + int(best.seconds * 1000), step) for step, best in enumerate(view.curve)
    ]
    tags = {
        ID_TAG: entry.id,
        "lumina.metric": entry.metric,
        "lumina.data_hash": entry.data_hash,
        "lumina.verdict": entry.verdict,
        "lumina.models": ", ".join(f"{family} {percent(share)}" for family, share in entry.models.items()),
        **{f"lumina.version.{name}": version for name, version in entry.versions.items()},
    }
    facts = {name: getattr(entry, name) for name in ("task", "target", "rows", "columns")}
    params = {name: _text(value) for name, value in {**entry.parameters, **facts}.items()}
    known = client.get_run(run).data.params
    # What a run was begun with can't be changed; a search that goes on may have more time.
    fresh = [Param(name, value) for name, value in params.items() if known.get(name) is None]
    client.log_batch(run, metrics=metrics, params=fresh, tags=[RunTag(*tag) for tag in tags.items()])


def _end(entry: Entry) -> int:
    """When the search was over, in milliseconds since 1970: it may be told of long after."""
    return int((entry.began_at + entry.seconds) * 1000)


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:LONGEST]


def _csv(view: ExperimentView) -> str:
    out = io.StringIO()
    rows = [asdict(row) for row in view.leaderboard]
    writer = csv.DictWriter(out, list(rows[0]) if rows else [])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
