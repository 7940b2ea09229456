"""Notebooks over HTTP: read, and their cells run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..collaboration import Cell, Notebook
from ..collaboration.execution.execution import RunRequest
from ..collaboration.execution.run_events import RunEvent, RunFinished, run_event
from ..errors import ServerUnreachable, StreamBroken
from .refusals import error_in, error_of

if TYPE_CHECKING:
    import httpx

_GOES_ON = "The run itself goes on; read the notebook to see what has come of it."


def notebook_of(answer: dict[str, Any]) -> Notebook:
    """The notebook that the server told of."""
    cells = []
    for told in answer["cells"]:
        given = {name: value for name, value in told.items() if name != "hash"}
        cells.append(Cell(**{**given, "outputs": tuple(given["outputs"])}))
    return Notebook(
        cells=tuple(cells),
        metadata=answer["metadata"],
        nbformat=answer["nbformat"],
        nbformat_minor=answer["nbformat_minor"],
    )


def run_cells(http: httpx.Client, request: RunRequest) -> Iterator[RunEvent]:
    """Begin a run and tell how it goes.

    Raises:
        LuminaError: when the server refuses, or cannot be reached any more; the run goes on then.
    """
    body = {
        "path": request.path,
        "cells": request.cells,
        "hashes": dict(request.hashes),
        "timeout": request.timeout,
        "approved": request.approved,
    }
    return _events(http, "POST", "notebooks/run", body)


def watch_run(http: httpx.Client, run_id: str) -> Iterator[RunEvent]:
    """How a run went so far, and how it goes on; raises as `run_cells`."""
    return _events(http, "GET", f"notebooks/run/{run_id}", None)


def _events(http: httpx.Client, method: str, path: str, body: dict[str, Any] | None) -> Iterator[RunEvent]:
    import httpx

    try:
        with http.stream(method, path, json=body) as response:
            if response.status_code != 200:
                response.read()
                raise error_of(response)
            failed = False
            for line in response.iter_lines():
                if line.startswith("event:"):
                    failed = line[6:].strip() == "failed"
                elif line.startswith("data:"):
                    data = json.loads(line[5:])
                    if failed:
                        raise error_in(data)
                    event = run_event(data)
                    yield event
                    if isinstance(event, RunFinished):
                        return
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise ServerUnreachable(f"The Jupyter server cannot be reached: {error}.") from error
    except (httpx.HTTPError, ValueError) as error:
        raise StreamBroken(f"The Jupyter server's answer broke off: {error}.", hint=_GOES_ON) from error
    raise StreamBroken("The Jupyter server's answer ended before the run did.", hint=_GOES_ON)
