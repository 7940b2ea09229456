"""The description of the routes over AutoML's experiments."""

from __future__ import annotations

from ..automl.jobs import ExperimentView, JobView, SearchRequest
from ..automl.jobs.models import Predictions
from ..automl.register.comparison import ExperimentComparison
from ..automl.register.entry import Entry
from .automl_bodies import GoingOn, NewPredictions
from .operation import REF, TEXT, Operation, Schema, object_of

_ONE = "/lumina/api/automl/experiments/{experiment}"
_EVENT: Schema = {"type": "object", "properties": {"event": TEXT}, "required": ["event"]}

AUTOML_OPERATIONS = (
    Operation(method="get", path="/lumina/api/automl/jobs", summary="Searches of the server.", lists={"jobs": JobView}),
    Operation(
        method="post",
        path="/lumina/api/automl/jobs",
        summary="Search for a model of a table in a file; it goes on whoever leaves.",
        request=SearchRequest,
        answer=JobView,
        status=202,
    ),
    Operation(
        method="get",
        path="/lumina/api/automl/experiments",
        summary="Experiments of notebooks, terminals and jobs, the newest first, without their leaderboards.",
        lists={"experiments": ExperimentView},
    ),
    Operation(
        method="get",
        path="/lumina/api/automl/history",
        summary="Searches that have ended, also when their models are gone or elsewhere; the newest first.",
        lists={"experiments": Entry},
    ),
    Operation(
        method="get",
        path="/lumina/api/automl/comparison",
        summary="Searches that have ended, side by side: which is best, where that can be said, and how they differ.",
        answer=ExperimentComparison,
        query={"name": {"type": "string", "description": "An experiment; given once for each of them."}},
    ),
    Operation(
        method="get",
        path=_ONE,
        summary="One experiment: leaderboard, validation, what was decided and warned of.",
        answer=ExperimentView,
        query={"rows": {"type": "integer", "minimum": 0, "default": 100}},
    ),
    Operation(method="delete", path=_ONE, summary="Delete it with its models.", status=204),
    Operation(
        method="get",
        path=f"{_ONE}/stream",
        summary="What was said after a number (or after Last-Event-ID), and then whatever is; `over` at the end.",
        frames={
            "entry": object_of(sequence={"type": "integer"}, event=_EVENT),
            "job": {"$ref": REF.format(model="JobView")},
            "over": object_of(state=TEXT),
        },
        query={"after": {"type": "integer", "minimum": 0, "default": 0}},
    ),
    *(
        Operation(method="post", path=f"{_ONE}/{word}", summary=summary, answer=ExperimentView)
        for word, summary in {
            "pause": "Begin no new fits; the budget's clock stands still.",
            "go-on": "Go on after a pause.",
            "stop": "End the search and keep the best so far; take it out of the queue where it waits.",
        }.items()
    ),
    Operation(
        method="post",
        path=f"{_ONE}/resume",
        summary="Go on with a search that is over or was interrupted; nothing is trained twice. The body may be left out.",
        request=GoingOn,
        answer=JobView,
        status=202,
    ),
    Operation(
        method="post",
        path=f"{_ONE}/predict",
        summary="Predict rows, or the table in a file.",
        request=NewPredictions,
        answer=Predictions,
    ),
    Operation(
        method="get",
        path=f"{_ONE}/card",
        summary="The model's card.",
        query={"format": {"type": "string", "enum": ["markdown", "html"], "default": "markdown"}},
        media_types=("text/markdown", "text/html"),
    ),
    Operation(
        method="get",
        path=f"{_ONE}/code",
        summary="Code that trains the model without Lumina.",
        query={"format": {"type": "string", "enum": ["script", "notebook"], "default": "script"}},
        media_types=("text/x-python", "application/x-ipynb+json"),
    ),
)
