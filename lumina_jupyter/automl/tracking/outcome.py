"""What became of telling MLflow of an experiment, kept in its folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from lumina_jupyter.storage import write_atomically

from ..experiment.experiment import Experiment

FILE = "mlflow.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How it went.

    Args:
        state: Whether the server has it; "sending" as long as that is not known.
        place: Where the server is, without the name and password that its address may have.
        kept_in: Name of the experiment of MLflow's that the run belongs to.
        run: The id of the run there.
        failure: What went wrong, in sentences.
    """

    state: Literal["sending", "sent", "failed"]
    place: str = ""
    kept_in: str = ""
    run: str = ""
    failure: str = ""


def write_outcome(experiment: Experiment, outcome: Outcome) -> None:
    """Keep it."""
    write_atomically(experiment.folder / FILE, json.dumps(asdict(outcome)).encode())


def outcome_of(experiment: Experiment) -> Outcome | None:
    """How it went; None where nobody was to be told."""
    try:
        return Outcome(**json.loads((experiment.folder / FILE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def untold(experiment: Experiment) -> str:
    """That MLflow was not told of an experiment, and why, in sentences; empty where it was, or may still be."""
    found = outcome_of(experiment)
    if found is None or found.state != "failed":
        return ""
    return (
        f"MLflow was not told of this search. {found.failure} It is told with the next search that reaches the same server, "
        f"or by `AutoML.resume({experiment.name!r})`."
    )
