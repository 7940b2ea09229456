"""Has a search that has ended told to MLflow, if that is wanted."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from dataclasses import replace
from importlib.util import find_spec

from lumina_jupyter.errors import MissingExtra
from lumina_jupyter.settings import load_settings

from ..experiment.experiment import Experiment
from .address import check_address, place_of
from .outcome import Outcome, outcome_of, untold, write_outcome

VARIABLE = "MLFLOW_TRACKING_URI"
EXPERIMENT_VARIABLE = "MLFLOW_EXPERIMENT_NAME"
DEFAULT_EXPERIMENT = "lumina-automl"
"""The experiment of MLflow's in which runs are kept where no other is named."""
MODULE = "lumina_jupyter.automl.tracking.program"

log = logging.getLogger(__name__)


def tracking_uri() -> str:
    """Where the MLflow server is; empty where there is none.

    Raises:
        InvalidSetting: when Lumina's configuration can't be read.
    """
    return (load_settings().mlflow_tracking_uri or os.environ.get(VARIABLE, "")).strip()


def track(experiment: Experiment, uri: str) -> str:
    """Begin to send an experiment to the MLflow server, and wait for nothing. Returns what is done, as a sentence.

    Should it fail while this process lives, that is logged as a warning.

    Raises:
        SettingUnusable: when that is no server's address.
        MissingExtra: when MLflow's client is not installed.
        StorageFailed: when nothing can be written into the experiment's folder.
        OSError: when no process can be begun.
    """
    check_address(uri)
    if find_spec("mlflow") is None:
        raise MissingExtra("MLflow's client", "mlflow")
    write_outcome(experiment, to_be_told(uri))
    # -P: no module of the working folder takes the place of one of ours. It outlives the kernel.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", MODULE, str(experiment.folder.absolute())],
        # Not among the arguments, which everybody on this machine can read: there may be a password in it.
        # And nobody but that server is told: MLflow's client sends usage data home unless it is asked not to.
        env={"MLFLOW_DISABLE_TELEMETRY": "true", **os.environ, VARIABLE: uri},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    threading.Thread(target=_watch, args=(process, experiment), name="lumina-automl-mlflow", daemon=True).start()
    return f"The search is sent to MLflow at {place_of(uri)}."


def to_be_told(uri: str) -> Outcome:
    """What is known of an experiment that is to be sent to a server, as this process's environment has it."""
    kept_in = os.environ.get(EXPERIMENT_VARIABLE) or DEFAULT_EXPERIMENT
    return Outcome(state="sending", place=place_of(uri), kept_in=kept_in)


def _watch(process: subprocess.Popen[bytes], experiment: Experiment) -> None:
    """Wait until it was sent, and say so if it was not: who searched has long been doing something else."""
    code = process.wait()
    found = outcome_of(experiment)
    if code and found is not None and found.state == "sending":
        ended = f"The process that was to do it ended with code {code}."
        write_outcome(experiment, replace(found, state="failed", failure=ended))
    if text := untold(experiment):
        log.warning("%s: %s", experiment.name, text)
