"""The searches of a server: begun in processes of their own, a few at a time, watched and stopped by whoever may.

Nothing of a search, of predictions or of a card is done in the server's process, which only reads what lies on the disk.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path

from lumina_jupyter.errors import Forbidden, MissingExtra, SettingUnusable
from lumina_jupyter.settings import Lumina
from lumina_jupyter.tools.builtin.file_root import FileRoot

from ..experiment import control
from ..experiment.experiment import Experiment
from ..experiment.listing import State, listed
from .job import OVER, Job, JobState, JobView
from .models import Models
from .queue import Queue
from .request import SearchRequest, check_file, check_seconds
from .shelf import Shelf, missing
from .view import ExperimentView, view_of, waiting

RootOf = Callable[[], Awaitable[Path | None]]
"""The folder below which tables may be read; None where contents are no files."""
MOST_ROWS = 100

log = logging.getLogger(__name__)


class Jobs:
    """Begins searches and tells of them.

    An owner is the name of a person; empty where Jupyter knows no names, and for kernels. What nobody owns, such as the
    experiments of notebooks, is for everybody who may use this server; what another person owns does not exist.

    Args:
        settings: `automl_jobs` is how many search at the same time.
        root_of: Where tables are.
    """

    def __init__(self, settings: Lumina, root_of: RootOf) -> None:
        self._settings = settings
        self._root_of = root_of
        self.shelf = Shelf(settings.data_path, settings.experiments_path)
        self.queue = Queue(settings, self.shelf)
        self.models = Models(settings, self)
        self._resuming = asyncio.Lock()

    # --- looking ------------------------------------------------------------------------------------

    async def jobs(self, owner: str) -> list[JobView]:
        """The jobs that somebody may see, the newest first."""
        await self.queue.open()
        found = await asyncio.to_thread(self.shelf.jobs, self.queue.mine)
        return [self.queue.placed(job.view) for job in found if job.owner in ("", owner)]

    async def experiments(self, owner: str) -> list[ExperimentView]:
        """The experiments that somebody may see, the newest first, without what is only told of a single one."""
        jobs = {view.name: view for view in await self.jobs(owner)}

        def read() -> list[ExperimentView]:
            hidden = {job.view.name for job in self.shelf.jobs(self.queue.mine)} - set(jobs)
            found = [
                ExperimentView(
                    name=each.name,
                    state=_state(each.state, jobs.get(each.name)),
                    job=jobs.get(each.name),
                    began=each.began,
                    task=each.task,
                    target=each.target,
                    metric=each.metric,
                    rows=each.rows,
                    data_hash=each.data_hash,
                    seconds=each.seconds,
                    score=each.score,
                )
                for each in self.shelf.experiments()
                if each.name not in hidden
            ]
            known = {each.name for each in found}
            return [waiting(view) for view in jobs.values() if view.name not in known] + found

        return await asyncio.to_thread(read)

    async def get(self, name: str, owner: str, *, rows: int = MOST_ROWS) -> ExperimentView:
        """One experiment with all that is known of it.

        Raises:
            ExperimentMissing: when there is none of this name for who asks.
        """
        await self.queue.open()

        def read() -> ExperimentView:
            job = self._job(name, owner)
            view = None if job is None else self.queue.placed(job.view)
            experiment = self.shelf.experiment(name)
            if experiment is None:
                if view is None:
                    raise missing(name)
                return waiting(view)
            found = view_of(experiment, view, rows=rows)
            state = _state(found.state, view)
            return replace(
                found, state=state, paused=state == "running" and control.asked(experiment.folder) == "pause"
            )

        return await asyncio.to_thread(read)

    async def state(self, name: str, owner: str) -> tuple[JobView | None, State | JobState]:
        """The job of an experiment, if it has one, and how far it is; the leaderboard is not read.

        Raises:
            ExperimentMissing: when there is none of this name for who asks.
        """
        await self.queue.open()

        def read() -> tuple[JobView | None, State | JobState]:
            job = self._job(name, owner)
            view = None if job is None else self.queue.placed(job.view)
            if view is not None and view.state in ("queued", "running"):
                return view, view.state
            experiment = self.shelf.experiment(name)
            line = None if experiment is None else listed(experiment)
            if line is None and view is None:
                raise missing(name)
            return view, view.state if line is None and view is not None else line.state if line else "failed"

        return await asyncio.to_thread(read)

    def _job(self, name: str, owner: str) -> Job | None:
        """The job of an experiment, if it has one.

        Raises:
            ExperimentMissing: when it is somebody else's.
        """
        job = self.shelf.job(name, self.queue.mine)
        if job is not None and job.owner not in ("", owner):
            raise missing(name)
        return job

    # --- beginning ----------------------------------------------------------------------------------

    async def start(self, request: SearchRequest, owner: str) -> JobView:
        """Begin a search, or have it wait for its turn.

        Raises:
            InvalidBody: names what is wrong with the request.
            Forbidden: when the table is not to be read.
            NotFound: when there is no such file.
            SettingUnusable: when the name is taken.
            MissingExtra: when AutoML's libraries are not installed.
        """
        if find_spec("sklearn") is None or find_spec("pandas") is None:
            raise MissingExtra("AutoML", "automl")
        request.check()
        await self.queue.open()
        root = await self.root()
        await asyncio.to_thread(check_file, root, request.file)
        view = JobView(
            name="",
            kind="search",
            state="queued",
            file=request.file,
            target=request.target,
            seconds=request.seconds,
            created_at=time.time(),
        )

        def keep() -> Job:
            folder = self.shelf.take(request.name, request.target, owner)
            kept = replace(view, name=folder.name)
            job = Job(view=kept, owner=owner, request=asdict(request), root=root.described())
            folder.write(job)
            return job

        job = await asyncio.to_thread(keep)
        log.info("search %r was asked for: %g s", job.view.name, request.seconds)
        return self.queue.put(job)

    async def resume(self, name: str, owner: str, *, seconds: float = 0.0) -> JobView:
        """Go on with a search that has ended or was interrupted; nothing that was trained is trained again.

        Args:
            name: The experiment's name.
            owner: Who asks.
            seconds: For how many more seconds; 0 for what is left of its budget.

        Raises:
            ExperimentMissing: when there is none of this name for who asks.
            SettingUnusable: when it is being searched, or waits.
        """
        if seconds:
            check_seconds(seconds)
        root = await self.root()
        # Who asks twice begins it once.
        async with self._resuming:
            found = await self.get(name, owner, rows=0)
            if found.state in ("running", "queued"):
                raise SettingUnusable(
                    f"The search {name!r} is not over.", hint="Let it go on after a pause (`go-on`), or wait."
                )
            job = await asyncio.to_thread(self._kept_again, name, owner, seconds, root)
            log.info("search %r is to go on", name)
            return self.queue.put(job)

    def _kept_again(self, name: str, owner: str, seconds: float, root: FileRoot) -> Job:
        """The job that goes on with a search, kept; one that came to nothing is begun again from its table."""
        before = self._job(name, owner)
        folder = self.shelf.folder(name)
        folder.make()
        folder.begin_anew()
        anew = before is not None and self.shelf.experiment(name) is None
        line = None if anew else listed(Experiment.open(name, root=self.shelf.root))
        view = JobView(
            name=name,
            kind="search" if anew else "resume",
            state="queued",
            file="" if before is None else before.view.file,
            target=line.target if line is not None else "" if before is None else before.view.target,
            seconds=before.view.seconds if anew and before is not None else seconds,
            created_at=time.time(),
        )
        job = Job(view=view) if before is None else replace(before, view=view, pid=0)
        job = replace(job, root=root.described())
        folder.write(job)
        return job

    async def root(self) -> FileRoot:
        """The folder below which tables may be read.

        Raises:
            Forbidden: when there is none.
        """
        base = await self._root_of()
        if base is None:
            raise Forbidden("There is no folder here whose tables could be read.", hint="Search in a notebook.")
        private = [self._settings.data_path, self._settings.models_path]
        return await asyncio.to_thread(FileRoot, base, private, hidden=self._settings.tools_see_hidden_files)

    # --- steering -----------------------------------------------------------------------------------

    async def ask(self, name: str, owner: str, wish: control.Wish) -> ExperimentView:
        """Ask a search to pause, to go on, or to stop with the best so far; one that waits is taken out of the queue.

        Raises:
            ExperimentMissing: when there is none of this name for who asks.
            SettingUnusable: when it is over, or has not begun to search.
        """
        found = await self.get(name, owner, rows=0)
        experiment = await asyncio.to_thread(self.shelf.experiment, name)
        if found.job is not None and wish == "stop" and (found.state == "queued" or experiment is None):
            await self.queue.stop(name)
        elif found.state != "running" or experiment is None:
            raise SettingUnusable(f"Nothing is searched in {name!r} now.", hint="Go on with the search: `resume`.")
        else:
            await asyncio.to_thread(control.ask, experiment.folder, wish)
        return await self.get(name, owner)

    async def delete(self, name: str, owner: str) -> None:
        """Delete an experiment with its models, and its job; one that a job searches in is stopped first.

        Raises:
            ExperimentMissing: when there is none of this name for who asks.
            SettingUnusable: when a notebook or a terminal searches in it.
        """
        found = await self.get(name, owner, rows=0)
        if found.job is not None and found.job.state not in OVER:
            await self.queue.stop(name)
        elif found.state == "running":
            raise SettingUnusable(f"A notebook or a terminal searches in {name!r}.", hint="Stop that search first.")

        def remove() -> None:
            experiment = self.shelf.experiment(name)
            if experiment is not None:
                experiment.remove()
            self.shelf.folder(name).remove()

        await asyncio.to_thread(remove)
        log.info("search %r was deleted", name)

    async def close(self) -> None:
        """End all processes; what was trained is kept, and can be gone on with."""
        await self.queue.close()


def _state(of_experiment: State | JobState, job: JobView | None) -> State | JobState:
    """A job that waits or works says more than the files of its experiment."""
    return job.state if job is not None and job.state in ("queued", "running") else of_experiment
