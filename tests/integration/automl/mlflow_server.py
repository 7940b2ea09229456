"""An MLflow server that says what a real one (3.17.2, with SQLite and a folder for artifacts) has said to a search that was new."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

from tests.replay.server import Received, ReplayServer, Reply

RECORDED_RUN = "8f3871e4eb4d428a951dbc3175fc0734"
LOG = "/api/2.0/mlflow/runs/log-batch"
CREATE = "/api/2.0/mlflow/runs/create"
UPDATE = "/api/2.0/mlflow/runs/update"
FIRST = "/api/2.0/mlflow/experiments/get-by-name"
"""What a search is asked with first of all."""
REFUSAL = (
    b"You are not authenticated. Please see https://www.mlflow.org/docs/latest/auth/index.html"
    b"#authenticating-to-mlflow on how to authenticate."
)


def _answers(run: str) -> dict[tuple[str, str], Reply]:
    said = json.loads(Path(__file__).with_name("mlflow_answers.json").read_text().replace(RECORDED_RUN, run))
    return {
        (each["method"], each["path"]): Reply(
            status=each["status"], content_type=each["type"] or "text/plain", body=each["body"].encode()
        )
        for each in said
    }


class RecordedMlflow(ReplayServer):
    """It keeps nothing, and gives each search the same `run`. `instead` has replies to paths that are not as recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.instead: dict[str, Reply] = {}
        # Not that of another such server: the client remembers where a run's files are.
        self.run = uuid.uuid4().hex
        self._known = _answers(self.run)

    def choose(self, request: Received) -> Reply:
        """What was said to such a request."""
        path = request.path.partition("?")[0]
        return self.instead.get(path) or self._known[request.method, path]

    def asked(self, path: str) -> list[Received]:
        """The requests for a path."""
        return [each for each in self.requests if each.path.partition("?")[0] == path]
