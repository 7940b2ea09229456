"""What comes back from workers of clusters: bytes, JSON and arrays of numbers, or it is refused."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lumina_jupyter.automl.execution.job import Job, Outcome
from lumina_jupyter.automl.execution.ray_host import Host
from lumina_jupyter.automl.execution.ray_packing import HostError, pack, unpack
from lumina_jupyter.automl.execution.report import Report, pack_report, unpack_report

JOB = Job(trial=3, fold=1, family="linear", params={"strength": 1.0})
MODEL = pickle.dumps({"weights": [1.0, 2.0]})
DONE = Outcome(job=JOB, seconds=2.5, predict_seconds=0.1, iterations=7, peak_bytes=1000, model_bytes=5)


def array_file(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def told(**changes: Any) -> bytes:
    """A report whose worker tells something else."""
    outcome = {name: value for name, value in dataclasses.asdict(DONE).items() if name != "job"}
    head = json.dumps({"state": "done", "outcome": {**outcome, **changes}}).encode()
    return struct.pack(">II", len(head), 0) + head


def test_reports_come_back_as_they_were() -> None:
    whole = Report(state="done", outcome=DONE, prediction=array_file(np.ones((3, 2))), model=MODEL)
    assert unpack_report(pack_report(whole), JOB) == whole
    assert unpack_report(memoryview(pack_report(whole)), JOB) == whole
    failed = Report(state="done", outcome=dataclasses.replace(DONE, failure="ValueError: no"))
    assert unpack_report(pack_report(failed), JOB) == failed
    for state in ("given up", "no data"):
        assert unpack_report(pack_report(Report(state=state)), JOB) == Report(state=state)
    other = Job(trial=9, fold=0, family="linear")
    found = unpack_report(pack_report(whole), other).outcome
    assert found is not None
    assert found.job == other, "Where it is written is not for the worker to say."


@pytest.mark.parametrize(
    "data",
    [
        *(None, "text", Report(state="done"), b"", b"\0" * 8, b"\xff" * 40),
        struct.pack(">II", 200_000, 0) + b"[" * 200_000,
        *(told(seconds="1"), told(seconds=-1.0), told(seconds=float("nan")), told(iterations=1.5), told(failure=["a"])),
        *(told(peak_bytes=True), told(model_bytes=None), told()),
        pack_report(Report(state="done", outcome=DONE, prediction=b"no array", model=MODEL)),
        pack_report(Report(state="done", outcome=DONE, prediction=array_file(np.array([{}])), model=MODEL)),
        pack_report(Report(state="done", outcome=DONE, prediction=pickle.dumps([1.0]), model=MODEL)),
        pack_report(Report(state="done", outcome=DONE, prediction=array_file(np.ones(9))[:-8], model=MODEL)),
        pack_report(Report(state="done", outcome=DONE, model=MODEL[:-4])),
        pack_report(Report(state="done", outcome=DONE, model=pickle.dumps(os.system))),
    ],
)
def test_what_is_no_report_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"[Ww]hat (came|was sent)|the worker tells|JSON|decode|Expecting"):
        unpack_report(data, JOB)


class Calls:
    """Makes a file when it is unpickled."""

    def __init__(self, made: Path) -> None:
        self.command = f"touch {made}"

    def __reduce__(self) -> Any:
        return os.system, (self.command,)


def fails() -> None:
    raise OSError("no space")


def test_a_ray_host_sends_no_pickles(tmp_path: Path) -> None:
    host, made = Host(), tmp_path / "made"
    for function, args, expected in (
        (dict, ((("a", 1),),), {"a": 1}),
        (bytes, (b"\x80\x05.",), b"\x80\x05."),
        (bool, (), False),
    ):
        assert unpack(host.call(*pack(function, args), False)) == expected
    raised = unpack(host.call(*pack(fails, ()), False))
    assert isinstance(raised, HostError)
    assert str(raised) == "OSError: no space"
    assert isinstance(unpack(host.call(*pack(Calls, (made,)), False)), HostError), "It can't be sent."
    for sent in (pickle.dumps((True, Calls(made))), b"", b"j{", b"j" + b"[" * 200_000, Calls(made), 3):
        assert isinstance(unpack(sent), HostError)
    assert not made.exists()
