"""The program of the process that tells MLflow of a search: `python -P -m lumina_jupyter.automl.tracking.program FOLDER`.

How it went is in the experiment's folder afterwards.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lumina_jupyter.errors import LuminaError
from lumina_jupyter.telemetry.redaction import redact

from ..experiment.experiment import Experiment
from .begin import VARIABLE
from .outcome import Outcome, write_outcome

NICENESS = 10


def main(folder: str) -> None:
    """Send the experiment in a folder to where MLFLOW_TRACKING_URI says; what goes wrong is written down there."""
    from .mlflow import send

    if hasattr(os, "nice"):
        os.nice(NICENESS)
    experiment = Experiment(Path(folder))
    try:
        outcome = Outcome(state="sent", run=send(experiment, os.environ[VARIABLE]))
    except LuminaError as error:
        outcome = Outcome(state="failed", failure=f"{error.message} {error.hint}".strip())
    except Exception as error:  # noqa: BLE001 - whatever the client raises, people find it where they look for it
        # The server's address, which may hold a password, is in most of them.
        outcome = Outcome(state="failed", failure=redact(f"{type(error).__name__}: {error}")[:1000])
    write_outcome(experiment, outcome)


if __name__ == "__main__":
    main(*sys.argv[1:])
