"""What a worker of a cluster sends back of a job: bytes, of which nothing is run or believed here."""

from __future__ import annotations

import dataclasses
import io
import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .job import Job, Outcome

_LENGTHS = struct.Struct(">II")
STATES = ("done", "given up", "no data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a worker sends back of a job.

    Args:
        state: "no data": it neither sees the folder nor was it sent the data.
        outcome: What became of the job.
        prediction: The file of predictions; empty when it failed.
        model: The file of the model; empty when it failed.
    """

    state: Literal["done", "given up", "no data"]
    outcome: Outcome | None = None
    prediction: bytes = b""
    model: bytes = b""


def pack_report(report: Report) -> bytes:
    """A report as bytes: the lengths of what is told and of the prediction, then both, then the model."""
    outcome = None if report.outcome is None else dataclasses.asdict(report.outcome)
    if outcome is not None:
        del outcome["job"]  # who reads it knows what was asked for
    told = json.dumps({"state": report.state, "outcome": outcome}).encode()
    return b"".join((_LENGTHS.pack(len(told), len(report.prediction)), told, report.prediction, report.model))


def unpack_report(data: Any, job: Job) -> Report:
    """What `pack_report` has packed.

    Args:
        data: What came from a worker.
        job: What it was asked for: what it says of that itself is not looked at.

    Raises:
        ValueError: when it is no report, or its prediction is no array of numbers, or its model none that AutoML has trained.
    """
    from ..experiment.model_files import check_model

    if not isinstance(data, bytes | bytearray | memoryview) or len(data) < _LENGTHS.size:
        raise ValueError("What came from the worker is no report.")
    told, predicted = _LENGTHS.unpack(data[: _LENGTHS.size])
    start = _LENGTHS.size + told
    try:
        head = json.loads(bytes(data[_LENGTHS.size : start]), parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("What came from the worker is no report.") from error
    if not isinstance(head, dict) or head.get("state") not in STATES:
        raise ValueError("What came from the worker is no report.")
    if head["state"] != "done":
        return Report(state=head["state"])
    outcome = _outcome(head.get("outcome"), job)
    if outcome.failure:
        return Report(state="done", outcome=outcome)
    prediction, model = bytes(data[start : start + predicted]), bytes(data[start + predicted :])
    if prediction:
        _check_array_file(prediction)
    check_model(model)
    return Report(state="done", outcome=outcome, prediction=prediction, model=model)


def _check_array_file(data: bytes) -> None:
    """Refuse what is no array of numbers, as NumPy keeps them."""
    import numpy as np

    try:
        np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OverflowError, MemoryError) as error:
        raise ValueError(f"What came for its predictions is no array of numbers: {error}") from error


def _outcome(told: Any, job: Job) -> Outcome:
    if not isinstance(told, Mapping):
        raise ValueError("What came from the worker is no report.")
    failure = told.get("failure")
    numbers: dict[str, Any] = {name: told.get(name) for name in ("seconds", "predict_seconds")}
    counts: dict[str, Any] = {name: told.get(name) for name in ("iterations", "peak_bytes", "model_bytes")}
    if (
        not isinstance(failure, str)
        or not all(type(each) in (int, float) and math.isfinite(each) and each >= 0 for each in numbers.values())
        or not all(type(each) is int and each >= 0 for each in counts.values())
    ):
        raise ValueError("What the worker tells of the job has other types than it should.")
    return Outcome(job=job, failure=failure, **numbers, **counts)


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON's.")
