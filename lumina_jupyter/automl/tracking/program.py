"""The program of the process that tells MLflow of a search: `python -P -m lumina_jupyter.automl.tracking.program FOLDER`.

How it went is in the experiment's folder afterwards. When it went well, so are the searches told of which the same server could
not be told before.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from ..experiment.experiment import Experiment
from .address import place_of
from .begin import VARIABLE, to_be_told
from .failure import failure_of
from .outcome import FILE, Outcome, outcome_of, write_outcome

NICENESS = 10
LOCK = "mlflow.lock"


def main(folder: str) -> None:
    """Send the experiment in a folder to where MLFLOW_TRACKING_URI says; what goes wrong is written down there."""
    experiment, uri = Experiment(Path(folder)), os.environ[VARIABLE]
    # One that went on while it was still being sent is sent again after that, or it would become two runs.
    with FileLock(experiment.folder / LOCK):
        reached = _tell(experiment, uri, to_be_told(uri))
    if reached:
        _catch_up(experiment.folder.parent, uri)


def _tell(experiment: Experiment, uri: str, told: Outcome) -> bool:
    """Send an experiment. Returns whether it makes sense to send more.

    Args:
        experiment: The experiment.
        uri: The server's address.
        told: Where it is to be sent.
    """
    from .mlflow import send

    more = True
    try:
        outcome = replace(told, state="sent", run=send(experiment, uri, told.kept_in), failure="")
    except Exception as error:  # noqa: BLE001 - whatever the client raises, people find it where they look for it
        failure = failure_of(error, uri)
        outcome, more = replace(told, state="failed", failure=failure.text), not failure.for_all
    write_outcome(experiment, outcome)
    return more


def _catch_up(root: Path, uri: str) -> None:
    """Send what the same server could not be told before: it was down, or the process that was to do it was ended."""
    for path in sorted(root.glob(f"*/{FILE}")):
        experiment = Experiment(path.parent)
        try:
            with FileLock(experiment.folder / LOCK, blocking=False):
                told = outcome_of(experiment)
                waits = told is not None and told.state != "sent" and told.place == place_of(uri)
                if told is not None and waits and not _tell(experiment, uri, told):
                    return
        except Timeout:
            continue  # somebody is about it


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    main(*sys.argv[1:])
