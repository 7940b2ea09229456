"""The agent that writes in the middle of all of it: through the engine's notebooks, and over HTTP."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from lumina_jupyter.collaboration import Author, Cell, Lines, Notebook, NotebookDocument, Replace, Whole
from lumina_jupyter.collaboration.document.shared_cells import content_in
from lumina_jupyter.errors import CellChanged, CellGone, EditDoesNotFit, LuminaError

from ..conftest import Live
from .ledger import Ledger, Token, characters_in
from .story import Step


class Agent:
    """An agent with one run.

    Args:
        live: The server.
        ledger: Where all that it writes is noted.
    """

    def __init__(self, live: Live, ledger: Ledger, run: str) -> None:
        self._live = live
        self._ledger = ledger
        self._run = run
        self._working: set[asyncio.Task[str]] = set()
        self._unsaved: list[tuple[Token, str | None]] = []
        self.refusals = 0
        self.divides = True
        """Whether it splits and merges cells."""

    async def act(self, step: Step, path: str) -> str:
        """Do what the story says, at once or while the story goes on."""
        work = asyncio.create_task(self._act(step, path))
        self._working.add(work)
        if step.pace < 0.5:
            return f"agent begins to {step.what} ({step.number})"
        return await self._done(work)

    @property
    def busy(self) -> bool:
        """Whether something that it began is not done."""
        return bool(self._working)

    async def finish(self) -> list[str]:
        """Wait until all that it began is done; what it was."""
        return [await self._done(work) for work in list(self._working)]

    def forget(self) -> None:
        """The server is killed: what could not be saved, and was answered so, may be gone."""
        for token, inserted in self._unsaved:
            token.certain = False
            if inserted is not None:
                self._ledger.cells[inserted] = False
        self._unsaved.clear()

    async def read(self, path: str) -> dict[str, Any]:
        """The notebook as the agent sees it; what it could not save before is saved now."""
        document = await self._open(path)
        await document.read()
        await document.flush()
        return content_in(document.replica.document)

    async def _done(self, work: asyncio.Task[str]) -> str:
        self._working.discard(work)
        return await work

    async def _open(self, path: str) -> NotebookDocument:
        engine = await self._live.extension.service.engine()
        return await engine.notebooks.open(path, "agent")

    async def _act(self, step: Step, path: str) -> str:
        try:
            document = await self._open(path)
            notebook = await document.read()
        except LuminaError as error:
            self.refusals += 1
            return f"agent cannot read ({step.number}): {error.message}"
        if not notebook.cells:
            return "agent sees no cells"
        author = Author(run=self._run, step=step.number, model="lab/m")
        cell = notebook.cells[int(step.at * len(notebook.cells))]
        try:
            done: str = await getattr(self, f"_{step.what}")(step, author, document, notebook, cell)
        except LuminaError as error:
            self.refusals += 1
            return f"agent is refused to {step.what} {cell.id} ({step.number}): {error.message}"
        return done

    async def _edit(
        self, step: Step, author: Author, document: NotebookDocument, _notebook: Notebook, cell: Cell
    ) -> str:
        token, written = self._ledger.write(cell.id)
        try:
            if step.how < 0.4:
                await self._edit_over_http(document.path, author, cell, f"{cell.source}{written}")
            else:
                await document.edit(author, cell.id, cell.hash, _edit(step, cell, written))
        except (LuminaError, HTTPClientError) as error:
            self._doubt(error, document, token, cell.id)
            raise
        return f"agent writes {written!r} into {cell.id} ({step.number})"

    async def _edit_over_http(self, path: str, author: Author, cell: Cell, text: str) -> None:
        change = {"type": "text", "text": text}
        body = {"path": path, "base_hash": cell.hash, "change": change, "run": author.run, "step": author.step}
        request = HTTPRequest(
            f"{self._live.url}lumina/api/notebooks/cells/{cell.id}",
            method="PATCH",
            headers={"Authorization": f"token {self._live.token}"},
            body=json.dumps(body),
        )
        answer = await AsyncHTTPClient().fetch(request, raise_error=False)
        if answer.code == 200:
            return
        said = json.loads(answer.body)["error"]
        assert answer.code != 500 or said["code"] != "internal", answer.body
        raise _OverHttp(f"{answer.code} {said['message']}")

    async def _insert(
        self, step: Step, author: Author, document: NotebookDocument, _notebook: Notebook, cell: Cell
    ) -> str:
        name = self._ledger.cell()
        token, written = self._ledger.write(name)
        after, before = (cell.id, None) if step.where < 0.5 else (None, cell.id)
        try:
            await document.insert(author, written, id=name, after=after, before=before)
        except LuminaError as error:
            self._doubt(error, document, token, name, inserted=True)
            raise
        return f"agent inserts {name} with {written!r} beside {cell.id} ({step.number})"

    async def _delete(
        self, step: Step, author: Author, document: NotebookDocument, notebook: Notebook, cell: Cell
    ) -> str:
        if len(notebook.cells) < 3:
            return "agent deletes nothing"
        self._ledger.delete(cell.id)
        await document.delete(author, cell.id, cell.hash)
        return f"agent deletes {cell.id} ({step.number})"

    async def _move(
        self, step: Step, author: Author, document: NotebookDocument, notebook: Notebook, cell: Cell
    ) -> str:
        other = notebook.cells[int(step.where * len(notebook.cells))]
        if other.id == cell.id:
            return "agent moves nothing"
        await document.move(author, cell.id, cell.hash, after=other.id)
        return f"agent moves {cell.id} behind {other.id} ({step.number})"

    async def _split(
        self, step: Step, author: Author, document: NotebookDocument, _notebook: Notebook, cell: Cell
    ) -> str:
        if not self.divides:
            return "agent splits nothing"
        place = int(step.where * (len(cell.source) + 1))
        known = set(self._ledger.cells)
        try:
            _, second = await document.split(author, cell.id, cell.hash, character=place)
        finally:
            # Also when it could not be saved.
            for found in content_in(document.replica.document)["cells"]:
                if found["id"] not in known and found["id"] not in self._ledger.cells:
                    self._ledger.cells[found["id"]] = False
            self._ledger.rehome(cell.source[place:], f"{cell.id}/2", only=False)
        self._ledger.cells[second.id] = True
        for token in self._ledger.tokens:
            if f"{cell.id}/2" in token.homes:
                token.homes = token.homes - {f"{cell.id}/2"} | {second.id}
        return f"agent splits {cell.id} at {place} into {second.id} ({step.number})"

    async def _merge(
        self, step: Step, author: Author, document: NotebookDocument, notebook: Notebook, cell: Cell
    ) -> str:
        at = [each.id for each in notebook.cells].index(cell.id)
        if not self.divides or at + 1 >= len(notebook.cells) or len(notebook.cells) < 3:
            return "agent merges nothing"
        other = notebook.cells[at + 1]
        self._ledger.delete(other.id)
        self._ledger.free_outputs(json.dumps([*cell.outputs, *other.outputs], ensure_ascii=False))
        merged = await document.merge(author, [(cell.id, cell.hash), (other.id, other.hash)])
        self._ledger.rehome(other.source, cell.id, only=True)
        return f"agent merges {other.id} into {merged.id} ({step.number})"

    async def _mark(
        self, step: Step, author: Author, document: NotebookDocument, _notebook: Notebook, cell: Cell
    ) -> str:
        name = f"mark{self._ledger.number()}"
        await document.set_metadata(author, cell.id, cell.hash, {name: step.where})
        self._ledger.marks[name] = cell.id
        return f"agent sets {name} of {cell.id} ({step.number})"

    def _doubt(
        self, error: Exception, document: NotebookDocument, token: Token, cell: str, *, inserted: bool = False
    ) -> None:
        """It was refused, or could not be saved: then it is in the document, and must stay."""
        refused = isinstance(error, CellChanged | CellGone | EditDoesNotFit)
        there: set[str] = set()
        with suppress(Exception):
            there = characters_in(content_in(document.replica.document))
        token.certain = not refused and set(token.characters) <= there
        if inserted:
            self._ledger.cells[cell] = token.certain
        if token.certain:
            self._unsaved.append((token, cell if inserted else None))


class _OverHttp(LuminaError):
    """What the server answered."""

    code = "over_http"


def _edit(step: Step, cell: Cell, written: str) -> Whole | Lines | Replace:
    if step.how < 0.6:
        place = int(step.where * (len(cell.source) + 1))
        return Whole(cell.source[:place] + written + cell.source[place:])
    if step.how < 0.8 or not cell.source:
        line = int(step.where * (cell.source.count("\n") + 1)) + 1 if cell.source else 1
        return Lines(line, line - 1, written.strip("\n"))
    place = int(step.where * len(cell.source))
    passage = cell.source[place : place + 3]
    return Replace(passage, passage + written) if cell.source.count(passage) == 1 else Whole(cell.source + written)
