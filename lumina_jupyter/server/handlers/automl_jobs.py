"""`/lumina/api/automl/jobs` and `…/experiments`: searches are begun, watched, steered and deleted."""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, get_args

from jupyter_server.auth.decorator import authorized

from ..automl_base import AutoMLBase
from ..event_stream import StreamingHandler
from .conversations import LAST_NUMBER

if TYPE_CHECKING:
    from ...automl.jobs.watching import Progress

MOST_LEADERS = 10_000
# Made once: `json.dumps` with separators makes an encoder for each event.
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


class AutoMLJobsHandler(AutoMLBase):
    """Lists jobs, begins them."""

    @authorized
    async def get(self) -> None:
        """Those of whoever asks, and those that belong to nobody; the newest first."""
        self.answer({"jobs": [asdict(each) for each in await (await self.jobs()).jobs(self.asker)]})

    @authorized
    async def post(self) -> None:
        """Begin a search; it goes on whoever leaves."""
        await self.check_may_work()
        from ...automl.jobs import SearchRequest

        request = await self.body(SearchRequest)
        started = await (await self.jobs()).start(request, self.asker)
        self.set_status(202)
        self.answer(started)


class ExperimentsHandler(AutoMLBase):
    """Lists experiments."""

    @authorized
    async def get(self) -> None:
        """Those of notebooks, of terminals and of jobs; the newest first."""
        found = await (await self.jobs()).experiments(self.asker)
        await (await self.history()).keep()
        self.answer({"experiments": await self.in_thread(lambda: [asdict(each) for each in found])})


class EndedExperimentsHandler(AutoMLBase):
    """Lists what has ended, also when its models are gone."""

    @authorized
    async def get(self) -> None:
        """As the database has it; the newest first."""
        found = await (await self.history()).all(self.asker)
        self.answer({"experiments": await self.in_thread(lambda: [asdict(each) for each in found])})


class ComparisonHandler(AutoMLBase):
    """Puts experiments side by side."""

    @authorized
    async def get(self) -> None:
        """Those of `?name=`, which is given twice or more."""
        found = await (await self.history()).compare(self.get_query_arguments("name"), self.asker)
        self.answer(asdict(found))


class ExperimentHandler(AutoMLBase):
    """Shows an experiment, deletes it."""

    @authorized
    async def get(self, name: str) -> None:
        """It with the first `?rows=` rows of its leaderboard."""
        jobs = await self.jobs()
        found = await jobs.get(name, self.asker, rows=self.number("rows", 100, least=0, most=MOST_LEADERS))
        self.answer(await self.in_thread(lambda: asdict(found)))

    @authorized
    async def delete(self, name: str) -> None:
        """Delete it with its models; a job that searches in it is ended."""
        await self.check_may_work()
        await (await self.jobs()).delete(name, self.asker)
        await (await self.history()).forget(name)
        self.set_status(204)
        self.finish()


class ExperimentStreamHandler(StreamingHandler, AutoMLBase):
    """Tells how a search goes."""

    looks_on = True

    @authorized
    async def get(self, name: str) -> None:
        """What was said after `Last-Event-ID` or `?after=`, and then whatever is, up to the end."""
        from ...automl.jobs.watching import watch

        after = self.last_event() or self.number("after", 0, least=0, most=LAST_NUMBER)
        jobs = await self.jobs()
        await jobs.state(name, self.asker)
        async with self.while_connected(), aclosing(watch(jobs, name, self.asker, after=after)) as progress:
            self.begin_stream()
            await self.send_frames(b": here\n\n")
            async for each in progress:
                await self.send_frames(_written(each))


class SteeringHandler(AutoMLBase):
    """Pauses searches, lets them go on, stops them."""

    @authorized
    async def post(self, name: str, word: str) -> None:
        """Ask the search; it does so before long."""
        await self.check_may_work()
        from ...automl.experiment.control import Wish

        wish: Any = word if word in get_args(Wish) else "go"
        found = await (await self.jobs()).ask(name, self.asker, wish)
        self.answer(await self.in_thread(lambda: asdict(found)))


class ResumeHandler(AutoMLBase):
    """Goes on with searches that are over."""

    @authorized
    async def post(self, name: str) -> None:
        """Another job in the same experiment."""
        await self.check_may_work()
        from ..automl_bodies import GoingOn

        given = await self.body_or(GoingOn())
        started = await (await self.jobs()).resume(name, self.asker, seconds=given.seconds)
        self.set_status(202)
        self.answer(started)


def _written(progress: Progress) -> bytes:
    """It as a server-sent event."""
    from ...automl.jobs.watching import JobChanged, Said

    if isinstance(progress, Said):
        data = _encode({"sequence": progress.sequence, "event": progress.event})
        return f"event: entry\nid: {progress.sequence}\ndata: {data}\n\n".encode("utf-8", "replace")
    if isinstance(progress, JobChanged):
        return f"event: job\ndata: {_encode(asdict(progress.job))}\n\n".encode("utf-8", "replace")
    return f"event: over\ndata: {_encode({'state': progress.state})}\n\n".encode()
