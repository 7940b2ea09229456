"""Has a search that has ended told to MLflow, if that is wanted."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from urllib.parse import urlsplit

from lumina_jupyter.errors import MissingExtra
from lumina_jupyter.settings import load_settings

from ..experiment.experiment import Experiment
from .outcome import Outcome, write_outcome

VARIABLE = "MLFLOW_TRACKING_URI"
MODULE = "lumina_jupyter.automl.tracking.program"


def tracking_uri() -> str:
    """Where the MLflow server is; empty where there is none."""
    return load_settings().mlflow_tracking_uri or os.environ.get(VARIABLE, "")


def track(experiment: Experiment, uri: str) -> str:
    """Begin to send an experiment to the MLflow server, and wait for nothing. Returns what is done, as a sentence.

    Raises:
        MissingExtra: when MLflow's client is not installed.
    """
    if find_spec("mlflow") is None:
        raise MissingExtra("MLflow's client", "mlflow")
    write_outcome(experiment, Outcome(state="sending"))
    # -P: no module of the working folder takes the place of one of ours. It outlives the kernel.
    subprocess.Popen(
        [sys.executable, "-P", "-m", MODULE, str(experiment.folder.absolute())],
        # Not among the arguments, which everybody on this machine can read: there may be a password in it.
        # And nobody but that server is told: MLflow's client sends usage data home unless it is asked not to.
        env={"MLFLOW_DISABLE_TELEMETRY": "true", **os.environ, VARIABLE: uri},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return f"The search is sent to MLflow at {place_of(uri)}."


def place_of(uri: str) -> str:
    """An address without the name and password that may be in it."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.scheme else uri
