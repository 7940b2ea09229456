"""A real Jupyter server on which a model works on notebooks: by the agent, and by a plain `%%lumina` cell.

The agent runs in the gear that is asked for, and what it has to be approved is approved as a person would, through the
approvals' API. The plain answer's code is put where a person would paste it, and run once.
"""

from __future__ import annotations

import ast
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import nbformat
from jupyter_client.blocking.client import BlockingKernelClient

from tests.bench.pasting import pasted_into
from tests.bench.tasks.notebook_task import Cell, Paste
from tests.integration.server.process import Running, server

NOTEBOOK = "notebook.ipynb"
CELL_SECONDS = 60.0
"""What a cell of a notebook may take."""
ANSWER_SECONDS = 1200.0
"""What an answer, or a run of the agent, may take."""
_EVERY = 0.3
"""Seconds between two looks at how the agent is doing."""
_ENDED = {"done", "failed", "stopped", "interrupted", "undone"}
_MOST_REPLIES = 3
_REPLY = "Do what you think is best."


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked in a notebook; see `NotebookTask`."""

    words: str
    cells: tuple[Cell, ...]
    data: Mapping[str, bytes]
    about: tuple[str, ...] = ()
    paste: Paste = "add"
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What came of it: the notebook, the words, and what it took. `broken` says why nothing could come of it."""

    cells: tuple[Cell, ...] = ()
    answer: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    broken: str = ""
    answers_last: bool = False
    """Whether the words come after the outputs, and not before."""
    story: list[Any] = field(default_factory=list)
    """How it went: the run's events, or the plain answer's text."""


@dataclass(frozen=True)
class Prepared:
    """A notebook on the server whose cells were run, with its kernel."""

    path: str
    kernel_id: str
    session: str


class Stage:
    """The server, and what is done on it.

    Args:
        running: The server.
        model: `provider/name` of the model that works.
        gear: In which gear the agent runs.
    """

    def __init__(self, running: Running, model: str, gear: str = "3") -> None:
        self._running = running
        self._model = model
        self._gear = gear
        self._http = running.client()
        self._http.timeout = httpx.Timeout(3 * CELL_SECONDS)
        self._number = 0

    # --- the two sides ----------------------------------------------------------------------------

    def agent(self, asked: Asked) -> Attempt:
        """Have the agent do it."""
        with self._notebook(asked) as notebook:
            began = time.monotonic()
            body = {
                "words": asked.words,
                "notebook": notebook.path,
                "kernel_id": notebook.kernel_id,
                "active_cell": asked.about[0] if asked.about else "",
                "gear": self._gear,
                "model": self._model,
            }
            run = self._call("POST", "lumina/api/runs", json=body)
            view = self._until_over(run["id"])
            seconds = time.monotonic() - began
            events = self._call("GET", f"lumina/api/runs/{run['id']}/events")["events"]
            report = view["report"] or {}
            return Attempt(
                cells=self._cells(notebook.path),
                answer=report.get("answer") or "",
                input_tokens=view["input_tokens"],
                output_tokens=view["output_tokens"],
                seconds=seconds,
                answers_last=True,
                story=[{"state": view["state"], "why": view["why"]}, *events],
            )

    def plain(self, asked: Asked) -> Attempt:
        """Ask in a `%%lumina` cell, paste what comes, and run it once."""
        with self._notebook(asked) as notebook:
            began = time.monotonic()
            told = self._ask_in_cell(notebook, asked)
            if "text" not in told:
                return Attempt(broken=told["error"], seconds=time.monotonic() - began, story=[told])
            pasted = pasted_into(asked.cells, asked.about, asked.paste, told["text"], told["blocks"])
            ran = [cell.id for cell in pasted if cell not in asked.cells and cell.kind == "code"]
            if ran:
                self._save(notebook.path, self._with_outputs(notebook.path, pasted))
                self._run(notebook.path, ran)
            return Attempt(
                cells=self._cells(notebook.path) if ran else pasted,
                answer=told["text"],
                input_tokens=told["input"],
                output_tokens=told["output"],
                seconds=time.monotonic() - began,
                story=[told],
            )

    # --- the agent --------------------------------------------------------------------------------

    def _until_over(self, run_id: str) -> dict[str, Any]:
        """The run when it has ended; whatever it asks until then is granted."""
        replies = 0
        ends = time.monotonic() + ANSWER_SECONDS
        while True:
            view: dict[str, Any] = self._call("GET", f"lumina/api/runs/{run_id}")
            if view["state"] in _ENDED:
                return view
            if time.monotonic() > ends or replies > _MOST_REPLIES:
                return self._call("POST", f"lumina/api/runs/{run_id}/stop")
            for approval in self._call("GET", "lumina/api/approvals")["approvals"]:
                scope = "run" if "run" in approval["scopes"] else None
                self._http.post(f"lumina/api/approvals/{approval['id']}", json={"verdict": "grant", "scope": scope})
            if view["state"] == "waiting":
                replies += self._let_go_on(run_id)
            time.sleep(_EVERY)

    def _let_go_on(self, run_id: str) -> int:
        """Approve a plan that waits, or else answer a question; how many were answered."""
        events = self._call("GET", f"lumina/api/runs/{run_id}/events")["events"]
        kinds = [each["event"]["type"] for each in events if each["event"]["type"] in _WAITING]
        if kinds and kinds[-1] == "question":
            self._http.post(f"lumina/api/runs/{run_id}/reply", json={"text": _REPLY})
            return 1
        if kinds and kinds[-1] == "dry_run":
            self._http.post(f"lumina/api/runs/{run_id}/plan", json={"verdict": "approve"})
        return 0

    # --- the plain cell ---------------------------------------------------------------------------

    def _ask_in_cell(self, notebook: Prepared, asked: Asked) -> dict[str, Any]:
        """The answer's text, its blocks of code and its tokens; or the error."""
        prompt = "\n\n".join([asked.words, " ".join(asked.shows)]).strip()
        client = BlockingKernelClient(connection_file=str(self._connection(notebook.kernel_id)))
        client.load_connection_file()
        client.start_channels()
        printed: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        try:
            client.wait_for_ready(timeout=CELL_SECONDS)
            client.execute_interactive("%load_ext lumina_jupyter", timeout=CELL_SECONDS, output_hook=hear)
            cell = f"%%lumina {self._model} -o lumina_answer\n{prompt}"
            reply = client.execute_interactive(cell, timeout=ANSWER_SECONDS, output_hook=hear, allow_stdin=False)
            if reply["content"]["status"] != "ok":
                return {"error": f"{reply['content']['ename']}: {reply['content']['evalue']}"}
            printed.clear()
            client.execute_interactive(_TELL, timeout=CELL_SECONDS, output_hook=hear, allow_stdin=False)
            found: dict[str, Any] = ast.literal_eval("".join(printed))
            return found
        finally:
            client.stop_channels()

    def _connection(self, kernel_id: str) -> Path:
        return self._running.folder / "runtime" / f"kernel-{kernel_id}.json"

    def _with_outputs(self, path: str, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """The cells, with the outputs that those have which are as they were."""
        before = {cell.id: cell for cell in self._cells(path)}
        same = {cell.id: before[cell.id] for cell in cells if cell.id in before}
        return tuple(
            same[cell.id] if cell.id in same and same[cell.id].source == cell.source else cell for cell in cells
        )

    # --- notebooks --------------------------------------------------------------------------------

    @contextmanager
    def _notebook(self, asked: Asked) -> Iterator[Prepared]:
        """A notebook with these cells in a folder of its own, its code cells run up to the first that fails."""
        self._number += 1
        folder = self._running.folder / "root with spaces" / f"task-{self._number}"
        folder.mkdir()
        for name, content in asked.data.items():
            (folder / name).write_bytes(content)
        path = f"{folder.name}/{NOTEBOOK}"
        self._save(path, tuple(replace(cell, source=_ran(cell)) for cell in asked.cells))
        body = {"path": path, "type": "notebook", "name": NOTEBOOK, "kernel": {"name": "python3"}}
        session = self._call("POST", "api/sessions", json=body)
        try:
            self._run(path, [])
            if any(cell.ran_as is not None for cell in asked.cells):
                edited = {cell.id: cell for cell in asked.cells}
                self._save(path, tuple(replace(cell, source=edited[cell.id].source) for cell in self._cells(path)))
            yield Prepared(path, session["kernel"]["id"], session["id"])
        finally:
            self._http.delete(f"api/sessions/{session['id']}")

    def _save(self, path: str, cells: tuple[Cell, ...]) -> None:
        made = []
        for cell in cells:
            new: Any = nbformat.v4.new_markdown_cell if cell.kind == "markdown" else nbformat.v4.new_code_cell
            made.append(new(cell.source, id=cell.id))
            if cell.kind == "code":
                made[-1].outputs = [nbformat.from_dict(each) for each in cell.outputs]
                made[-1].execution_count = cell.count
        notebook = nbformat.v4.new_notebook(cells=made)
        self._call("PUT", f"api/contents/{quote(path)}", json={"type": "notebook", "content": notebook})

    def _cells(self, path: str) -> tuple[Cell, ...]:
        """The cells of a notebook, as its file has them."""
        content = json.loads((self._running.folder / "root with spaces" / path).read_text())
        return tuple(
            Cell(
                id=cell["id"],
                source="".join(cell["source"]),
                kind="markdown" if cell["cell_type"] == "markdown" else "code",
                outputs=tuple(cell.get("outputs", ())),
                count=cell.get("execution_count"),
            )
            for cell in content["cells"]
        )

    def _run(self, path: str, cells: list[str]) -> None:
        """Run these cells, or all, until one fails."""
        body = {"path": path, "cells": cells, "timeout": CELL_SECONDS}
        with self._http.stream("POST", "lumina/api/notebooks/run", json=body) as response:
            for _ in response.iter_lines():
                pass
            if response.is_error:
                raise RuntimeError(f"the cells cannot be run: {response.status_code}")

    def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer = self._http.request(method, path, **options)
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def stage(folder: Path, model: str, models_dir: Path, gear: str = "3") -> Iterator[Stage]:
    """A server with that model as its default."""
    settings = {"models_dir": str(models_dir), "default_model": model, "embedded_idle_minutes": 0.0}
    with server(folder, lumina=settings) as running:
        yield Stage(running, model, gear)


_WAITING = {"question", "reply", "dry_run", "plan_decided"}
_TELL = """
from lumina_jupyter.magics.code_blocks import code_blocks as _blocks
_python = {"", "python", "python3", "py", "ipython"}
_found = [_b.code for _b in _blocks(lumina_answer.text) if _b.language in _python and _b.code.strip()]
print({
    "text": lumina_answer.text,
    "blocks": _found or [lumina_answer.code] * bool(lumina_answer.code.strip()),
    "input": lumina_answer.usage.input_tokens,
    "output": lumina_answer.usage.output_tokens,
})
"""


def _ran(cell: Cell) -> str:
    return cell.source if cell.ran_as is None else cell.ran_as
