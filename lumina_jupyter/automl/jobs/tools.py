"""Tools with which a model trains models: in a notebook, where everybody sees it, or as a job of the server."""

from __future__ import annotations

import asyncio
import shlex
import time
from collections.abc import Callable, Mapping
from contextlib import aclosing, suppress
from typing import Any

from lumina_jupyter.collaboration import NotebookDocument
from lumina_jupyter.collaboration.execution.execution import Run, RunRequest
from lumina_jupyter.collaboration.execution.run_events import CellFinished, RunFinished
from lumina_jupyter.errors import ExperimentMissing, InvalidArguments, LuminaError
from lumina_jupyter.tools.builtin.notebook_access import NotebookAccess
from lumina_jupyter.tools.builtin.notebook_running import BY_A_PERSON, RunsCells
from lumina_jupyter.tools.content import Content, TextContent
from lumina_jupyter.tools.context import ToolContext
from lumina_jupyter.tools.declaration import declared
from lumina_jupyter.tools.preview import Preview
from lumina_jupyter.tools.target import Target
from lumina_jupyter.tools.tool import Tool

from ..experiment.experiment import made_names
from .jobs import Jobs
from .request import SearchRequest
from .telling import progress, told
from .view import ExperimentView

WAIT_SECONDS = 100.0
"""How long a chat waits for a search; then it is told to ask again."""
LOOK_SECONDS = 1.0
STOPPING_SECONDS = 30.0
MOST_SECONDS = 3_600.0


def automl_tools(jobs: Jobs, access: NotebookAccess, runs: RunsCells) -> list[Tool]:
    """`train_model`, `look_at_training` and `stop_training`.

    Args:
        jobs: The searches of the server.
        access: Notebooks.
        runs: What runs their cells.
    """

    async def train_model(
        context: ToolContext,
        target: str,
        frame: str = "",
        file: str = "",
        seconds: float = 60.0,
        metric: str = "auto",
        task: str = "auto",
        groups: str = "",
        file_path: str = "",
    ) -> Content:
        """Search for the best model of a table with AutoML: a frame in the notebook's kernel, or a table file.

        Prefer this to writing training code. For a frame a new cell is added and run, so that people see the leaderboard
        grow, can pause it, and have the model in a variable. The answer has the leaderboard's head, the verdict (also
        that there is no skill), leaks that were found, and the experiment's name. A long search goes on after the
        answer: ask look_at_training.

        Args:
            context: The call's.
            target: The column that is to be predicted.
            frame: The variable that holds the table in the notebook's kernel; or give a file.
            file: A CSV, TSV, Parquet, Feather or .jsonl file, relative to the folder of the notebooks; or give a frame.
            seconds: How long to search, at most 3600.
            metric: Name of a metric, such as roc_auc, log_loss, rmse, mae; auto for the task's own.
            task: binary, multiclass, regression, or ranking (needs groups); auto finds out which of the first three.
            groups: The column whose rows stay together; for a ranking the query of each row.
            file_path: The notebook's path; empty for the one that this is about.
        """
        _check(target, frame, file, seconds, metric, task, groups)
        if file:
            request = SearchRequest(file=file, target=target, seconds=seconds, metric=metric, task=task, groups=groups)
            job = await jobs.start(request, context.actor.user)
            return await _waited(jobs, access, job.name, context, WAIT_SECONDS)
        document, notebook = await access.read(file_path, context)
        columns = access.sight(notebook) == "values"
        name = next(each for each in made_names(target) if not (jobs.shelf.root / each).exists())
        here = next((cell.id for cell in notebook.cells if cell.id == context.active_cell), None)
        made = await document.insert(
            access.readings.author(context),
            source(frame, target, seconds, metric, task, groups, name),
            type="code",
            after=here,
        )
        access.told(context, document, made)
        request_ = RunRequest(
            path=document.path,
            cells=(made.id,),
            hashes={made.id: made.hash},
            approved=bool(context.approval) or context.actor.kind == "user",
            user=context.actor.user,
            author=access.readings.author(context),
        )
        over = await _ran(jobs, runs, request_, name, context)
        heading = f"The cell {made.id} was added to {document.path}."
        if over is None:
            return (TextContent(f"{heading}\n{await _still(jobs, name, context, columns)}"),)
        return (TextContent(f"{heading}\n{await _outcome(jobs, access, document, over, name, context, columns)}"),)

    async def look_at_training(context: ToolContext, name: str, wait_seconds: float = 0.0) -> Content:
        """See how a search for a model goes or what came of it: leaderboard, verdict, warnings.

        Args:
            context: The call's.
            name: The experiment's name, as train_model told it.
            wait_seconds: How long to wait for its end, at most 60.
        """
        return await _waited(jobs, access, name, context, min(max(0.0, wait_seconds), 60.0))

    async def stop_training(context: ToolContext, name: str) -> Content:
        """Stop a search for a model; the best so far is kept.

        Args:
            context: The call's.
            name: The experiment's name.
        """
        await jobs.ask(name, context.actor.user, "stop")
        return await _waited(jobs, access, name, context, STOPPING_SECONDS)

    async def target_of(arguments: Mapping[str, Any], context: ToolContext) -> Target:
        if arguments.get("file"):
            root = await jobs.root()
            return Target("file", (await asyncio.to_thread(root.locate, str(arguments["file"]))).shown)
        return await access.notebook_target(arguments, context)

    async def shown(arguments: Mapping[str, Any], context: ToolContext) -> Preview:
        given = {name: arguments[name] for name in ("target", "frame", "file", "seconds", "metric", "task", "groups")}
        _check(**given)
        what = f"Searches {given['seconds']:g} seconds for a model that predicts {given['target']}"
        if given.pop("file"):
            return Preview(f"{what} from {arguments['file']}, as a job of the server.")
        path = await access.path(str(arguments.get("file_path") or ""), context)
        return Preview(f"{what} from {given['frame']}, in a new cell of {path}.", code=source(**given, name=""))

    return [
        declared(
            train_model,
            effects=["write", "execute"],
            target=target_of,
            preview=shown,
            timeout=WAIT_SECONDS + 60.0,
        ),
        declared(look_at_training, effects=["read"], timeout=90.0),
        declared(stop_training, effects=["execute"], timeout=STOPPING_SECONDS + 30.0),
    ]


def source(frame: str, target: str, seconds: float, metric: str, task: str, groups: str, name: str) -> str:
    """The cell that searches."""
    words = ["%lumina", "automl", frame, "--target", target, "--time", f"{seconds:g}"]
    for option, value in (("--metric", metric), ("--task", task)):
        words += [option, value] if value != "auto" else []
    for option, value in (("--groups", groups), ("--name", name)):
        words += [option, value] if value else []
    return f"%load_ext lumina_jupyter\n{' '.join(map(shlex.quote, words))}"


def _check(target: str, frame: str, file: str, seconds: float, metric: str, task: str, groups: str) -> None:
    """Nothing when it can be asked for.

    Raises:
        InvalidArguments: with what is wrong.
    """
    if bool(frame) == bool(file):
        raise InvalidArguments("Give either `frame` or `file`.")
    if frame and not frame.isidentifier():
        raise InvalidArguments(f"{frame[:100]!r} is no variable.", hint="list_variables tells which there are.")
    if not 0 < seconds <= MOST_SECONDS:
        raise InvalidArguments(f"`seconds` must be more than 0, and at most {MOST_SECONDS:g}.")
    for text in (target, metric, task, groups or target):
        if not text.strip() or not text.isprintable() or text.startswith("--"):
            raise InvalidArguments(f"{text[:100]!r} can't be written in a cell.", hint="Rename the column.")


async def _ran(
    jobs: Jobs, runs: RunsCells, request: RunRequest, name: str, context: ToolContext
) -> list[CellFinished | RunFinished] | None:
    """What became of the cell; None when it still runs after a while. A call that is stopped stops the search."""
    run = await runs.start(request)
    tell = _once(context)
    watching = asyncio.create_task(_watched(run))
    try:
        until = time.monotonic() + WAIT_SECONDS
        while not watching.done() and time.monotonic() < until:
            await asyncio.wait([watching], timeout=LOOK_SECONDS)
            await _tell(jobs, name, context.actor.user, tell)
        return await watching if watching.done() else None
    except asyncio.CancelledError:
        runs.interrupt(run.id)
        raise
    finally:
        watching.cancel()
        await asyncio.to_thread(_nobody_chose, jobs, name)


def _nobody_chose(jobs: Jobs, name: str) -> None:
    """Keep that a name was made, though a cell has it. Where that can't be kept the experiment is not deleted by itself."""
    with suppress(LuminaError):
        if (experiment := jobs.shelf.experiment(name)) is not None:
            experiment.keep_naming(chosen=False)


async def _watched(run: Run) -> list[CellFinished | RunFinished]:
    async with aclosing(run.watch()) as events:
        return [event async for event in events if isinstance(event, CellFinished | RunFinished)]


async def _tell(jobs: Jobs, name: str, owner: str, tell: Callable[[str], None]) -> None:
    """Show whoever watches how far it is; before the table was looked at there is nothing to be told."""
    with suppress(LuminaError):
        view = await jobs.get(name, owner)
        if view.state in ("running", "queued"):
            tell(progress(view))


def _once(context: ToolContext) -> Callable[[str], None]:
    """Tells whoever watches what has not just been told."""
    last = ""

    def tell(text: str) -> None:
        nonlocal last
        if text != last:
            last = text
            context.tell(text)

    return tell


async def _waited(jobs: Jobs, access: NotebookAccess, name: str, context: ToolContext, seconds: float) -> Content:
    """The experiment when its search is over, or after a while."""
    until = time.monotonic() + seconds
    tell = _once(context)
    while True:
        left = until - time.monotonic()
        try:
            view = await jobs.get(name, context.actor.user)
        except ExperimentMissing:
            # In a notebook there is none before the table was looked at.
            if left <= 0:
                raise
        else:
            over = view.state not in ("running", "queued")
            if over or left <= 0:
                text = told(view, columns=await _columns_may_be_told(view, access, context))
                return (TextContent(text if over else f"{text}\n{_ask_again(name)}"),)
            tell(progress(view))
        await asyncio.sleep(min(LOOK_SECONDS, left))


async def _columns_may_be_told(view: ExperimentView, access: NotebookAccess, context: ToolContext) -> bool:
    """Whether what was found in the columns may be: those of a file may be read, those of a kernel as its notebook says."""
    if view.job is not None:
        return True
    notebook = None
    if context.notebook:
        try:
            _, notebook = await access.read("", context)
        except LuminaError:
            return False  # nobody knows what its author lets be seen
    return access.sight(notebook) == "values"


async def _still(jobs: Jobs, name: str, context: ToolContext, columns: bool) -> str:
    try:
        return f"{told(await jobs.get(name, context.actor.user), columns=columns)}\n{_ask_again(name)}"
    except ExperimentMissing:
        return f"Experiment {name}: the cell still runs. {_ask_again(name)}"


def _ask_again(name: str) -> str:
    return f'It is not over. Answer the person now; ask look_at_training(name="{name}") later.'


async def _outcome(
    jobs: Jobs,
    access: NotebookAccess,
    document: NotebookDocument,
    over: list[CellFinished | RunFinished],
    name: str,
    context: ToolContext,
    columns: bool,
) -> str:
    """What came of the search, and what the cell says beside."""
    texts: list[str] = []
    failed = next((event for event in over if isinstance(event, RunFinished) and event.status != "ok"), None)
    if failed is not None:
        texts.append(f"The cell ended: {failed.status}. {failed.message} {BY_A_PERSON}".strip())
    with suppress(ExperimentMissing):
        texts.append(told(await jobs.get(name, context.actor.user), columns=columns))
    cell_id = next((event.cell for event in over if isinstance(event, CellFinished)), "")
    notebook = await document.read()
    cell = next((each for each in notebook.cells if each.id == cell_id), None)
    if cell is not None:
        texts.append(f"What the cell shows:\n{access.outputs(notebook, cell)}")
    return "\n".join(texts)
