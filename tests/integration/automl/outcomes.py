"""What comes of a job, waited for."""

from __future__ import annotations

import time

from lumina_jupyter.automl.execution.executor import Executor
from lumina_jupyter.automl.execution.job import Outcome


def only_outcome(executor: Executor) -> Outcome:
    """The next outcome, of an executor that has one job."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        for outcome in executor.wait(1.0):
            return outcome
    raise AssertionError("Nothing came back.")
