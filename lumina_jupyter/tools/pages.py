"""The pages in which people have notebooks open, and what is asked of these: to show a cell, or open a file.

A page is asked nothing that changes anything, and only on behalf of the person who has it open.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from ..errors import NoPageOpen, NotFound, ToolFailed

ANSWER_SECONDS = 10.0
"""Seconds in which a page says whether it has done what it was asked for."""
MOST_WAITING = 20
_TROUBLE_LENGTH = 300

Action = Literal["select_cell", "open_file"]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What a page is asked for: to go to a cell of the notebook that it shows, or to open a file."""

    id: str
    action: Action
    path: str
    cell: str = ""


@dataclass(eq=False)
class Page:
    """One page, and the notebook that is on top in it."""

    user: str
    notebook: str
    wake: Callable[[], None]
    requests: dict[str, PageRequest] = field(default_factory=dict)


class Pages:
    """The pages of everybody."""

    def __init__(self) -> None:
        self._pages: list[Page] = []
        self._waiting: dict[str, tuple[Page, asyncio.Future[str]]] = {}

    @contextmanager
    def open(self, user: str, notebook: str, wake: Callable[[], None]) -> Iterator[Page]:
        """A page is there for a while; `wake` is called when something is asked of it."""
        page = Page(user, notebook, wake)
        self._pages.append(page)
        try:
            yield page
        finally:
            self._pages.remove(page)

    async def ask(self, user: str, action: Action, path: str, cell: str = "") -> str:
        """Ask a person's page for something, the one that she turned to last; what it has to say, once it is done.

        Raises:
            NoPageOpen: when she has none, or none in which the notebook is on top; or it does not answer.
            ToolFailed: when the page cannot.
        """
        own = [page for page in self._pages if page.user == user]
        fitting = [page for page in own if action == "open_file" or page.notebook == path]
        if not fitting:
            raise NoPageOpen(_nowhere(path if own else ""))
        page = fitting[-1]
        if len(page.requests) >= MOST_WAITING:
            raise ToolFailed("Too much is asked of the person's page at once.")
        request = PageRequest(secrets.token_hex(8), action, path, cell)
        answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        page.requests[request.id] = request
        self._waiting[request.id] = page, answered
        page.wake()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answered
        except TimeoutError:
            raise NoPageOpen("The person's page does not answer; it may be asleep.") from None
        finally:
            del self._waiting[request.id]
            del page.requests[request.id]
            page.wake()

    def answer(self, id: str, user: str, *, done: bool, told: str = "") -> None:
        """A page has done what it was asked for, or cannot.

        Raises:
            NotFound: when nothing like that is asked of a page of this user.
        """
        page, answered = self._waiting.get(id, (None, None))
        if page is None or answered is None or page.user != user or answered.done():
            raise NotFound("No such request waits for you.", hint="Its time may have passed.")
        told = told[:_TROUBLE_LENGTH]
        if done:
            answered.set_result(told)
        else:
            answered.set_exception(ToolFailed(told or "The page cannot do that."))


def _nowhere(path: str) -> str:
    return (
        f"{path} is on top in no page of the person's."
        if path
        else "The person has no page open with a notebook on top."
    )
