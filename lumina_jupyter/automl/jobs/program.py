"""The program of a job's process: an order as JSON on the standard input, an answer as JSON on the standard output.

Run as `python -P -m lumina_jupyter.automl.jobs.program`. It is as nice as it can be: others wait for the server it serves.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from lumina_jupyter.errors import LuminaError
from lumina_jupyter.tools.builtin.file_root import FileRoot

from ..experiment import control
from ..experiment.experiment import Experiment, experiments_folder
from ..progress import SearchBegan, SearchEvent
from ..tables.files import read_table_file
from .job import JobFolder
from .request import SearchRequest

if TYPE_CHECKING:
    import pandas as pd

NICENESS = 10
PATIENCE = 5.0
"""Seconds to wait for those who only look whether the job is at work."""
ORPHAN_SECONDS = 2.0
"""How often it is looked whether the server is still there."""


def search(order: dict[str, Any]) -> dict[str, Any]:
    """Search for a model of a table, or go on with a search; the job's folder is told how it ended."""
    folder = JobFolder(Path(order["folder"]))
    with folder.held(patience=PATIENCE):
        threading.Thread(target=_mind_the_server, args=(folder.name,), name="lumina-automl-server", daemon=True).start()
        try:
            _searched(folder.name, order)
        except Exception as error:  # whatever went wrong is told in the job's folder, where people look for it
            told = _failure(error)
            folder.write_outcome({"state": "failed", "failure": told["failure"], "hint": told["hint"]})
            raise
        folder.write_outcome({"state": "done", "failure": "", "hint": ""})
    return {}


def _searched(name: str, order: dict[str, Any]) -> None:
    from lumina_jupyter.automl import AutoML

    if order["kind"] == "resume":
        AutoML.resume(name, time_budget=order["seconds"] or None, verbose=0)
        return
    wanted = SearchRequest(**{**order["request"], **_tuples(order["request"])})
    table = _table(order["root"], wanted.file)
    model = AutoML(**wanted.parameters(), name=name, verbose=0)
    if not wanted.name:
        model.listen(_nobody_chose_its_name)
    series = wanted.series[0] if len(wanted.series) == 1 else list(wanted.series)
    model.fit(table, wanted.target, groups=wanted.groups or None, time=wanted.time or None, series=series or None)


def _nobody_chose_its_name(event: SearchEvent) -> None:
    if isinstance(event, SearchBegan):
        Experiment.open(event.name).keep_naming(chosen=False)


def _tuples(request: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(request[name]) for name in ("families", "series")}


def predict(order: dict[str, Any]) -> dict[str, Any]:
    """Predictions of a table, and for classes their probabilities."""
    import numpy as np
    import pandas as pd

    from lumina_jupyter.automl import AutoML

    model = AutoML.open(order["name"])
    table = _table(order["root"], order["file"]) if order["file"] else pd.DataFrame(order["rows"])
    if len(table) > order["most"]:
        from lumina_jupyter.errors import DataUnusable

        raise DataUnusable(
            f"The table has {len(table):,} rows; {order['most']:,} are predicted at a time.",
            hint="`lumina automl predict` writes as many as you like into a file.",
        )
    answer: dict[str, Any] = {
        "target": model.task_.target,
        "task": model.task_.kind,
        "classes": [],
        "probabilities": [],
    }
    if model.task_.classifies:
        probabilities = model.predict_proba(table)
        answer["classes"] = [_plain(each) for each in model.classes_]
        answer["predictions"] = [_plain(model.classes_[at]) for at in np.argmax(probabilities, axis=1)]
        if order["probabilities"]:
            answer["probabilities"] = [[_plain(value) for value in row] for row in probabilities]
    else:
        predictions = np.asarray(model.predict(table))
        answer["predictions"] = [
            _plain(row) if predictions.ndim == 1 else [_plain(value) for value in row] for row in predictions
        ]
    return answer


def card(order: dict[str, Any]) -> dict[str, Any]:
    """The model's card in both of its forms; it is kept, because it takes a while."""
    from lumina_jupyter.automl import AutoML
    from lumina_jupyter.storage.folders import write_atomically

    made = AutoML.open(order["name"]).model_card()
    answer = {"markdown": made.markdown, "html": made.html}
    write_atomically(experiments_folder() / order["name"] / "card.json", json.dumps(answer).encode())
    return answer


def code(order: dict[str, Any]) -> dict[str, Any]:
    """The model's code, as a script and as a notebook."""
    from lumina_jupyter.automl import AutoML

    made = AutoML.open(order["name"]).to_code(data=order["file"] or None)
    return {"script": str(made), "notebook": json.dumps(made.notebook(), ensure_ascii=False, indent=1)}


ORDERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "search": search,
    "predict": predict,
    "card": card,
    "code": code,
}


def main() -> int:
    """Do what is ordered. Returns 0, also where the answer is an error."""
    with _own_output() as output, contextlib.suppress(OSError):
        with contextlib.suppress(AttributeError, OSError):
            os.nice(NICENESS)
        order = json.loads(sys.stdin.buffer.read())
        try:
            answer = ORDERS[order["do"]](order)
        except Exception as error:  # noqa: BLE001 - the server tells it to whoever asked
            answer = {"error": _failure(error)}
        output.write(json.dumps(answer, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace"))
    return 0


@contextlib.contextmanager
def _own_output() -> Iterator[IO[bytes]]:
    """The standard output; what libraries print goes elsewhere."""
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(2, 1)
        yield output


def _table(root: dict[str, Any], file: str) -> pd.DataFrame:
    """The table in a file below the server's root."""
    files = FileRoot(Path(root["base"]), [Path(path) for path in root["private"]], hidden=root["hidden"])
    place = files.locate(file)
    with files.open(place) as stream:
        return read_table_file(stream, place.name)


def _failure(error: Exception) -> dict[str, str]:
    if isinstance(error, LuminaError):
        return {"code": error.code, "failure": error.message, "hint": error.hint}
    first = str(error).partition("\n")[0][:300]
    return {
        "code": "error",
        "failure": f"Something went wrong inside AutoML: {type(error).__name__}: {first}",
        "hint": "",
    }


def _plain(value: Any) -> Any:
    """A cell as a JSON value."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _mind_the_server(name: str) -> None:
    """When the server is gone nobody can let a search go on that pauses: it ends with the best so far."""
    server, pausing = os.getppid(), threading.Event()
    while not pausing.wait(ORPHAN_SECONDS):
        with contextlib.suppress(LuminaError, OSError):
            if os.getppid() != server and control.asked(Experiment.open(name).folder) == "pause":
                control.ask(Experiment.open(name).folder, "stop")


if __name__ == "__main__":
    sys.exit(main())
