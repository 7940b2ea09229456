"""Runs notebooks in one real kernel, each in a namespace and a folder of its own, and looks at what is there then."""

from __future__ import annotations

import ast
import json
import queue
import shutil
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from .notebook_task import Cell

CELL_SECONDS = 30.0
"""What a cell may take."""
_START_SECONDS = 120.0
_PROBE = Path(__file__).with_name("probe.py")
_LOAD = """
import sys, types
sys.modules["lumina_task_probe"] = types.ModuleType("lumina_task_probe")
exec({source!r}, sys.modules["lumina_task_probe"].__dict__)
"""


@dataclass(frozen=True)
class Failure:
    """How a cell failed."""

    cell: str
    name: str
    message: str


@dataclass(frozen=True)
class Figure:
    """A figure that was drawn: for each of its axes what stands on it and what is drawn in it."""

    axes: tuple[dict[str, Any], ...]

    def drawn(self, kind: str) -> list[list[float]]:
        """The series of all axes: `lines` and `bars` have their heights, `points` their y."""
        return [series for axes in self.axes for series in axes[kind]]

    def labels(self, of: str) -> list[str]:
        """`title`, `xlabel` or `ylabel` of each of the axes; the figure's own title is the first axes'."""
        return [axes[of] for axes in self.axes]


@dataclass
class Played:
    """A notebook that was run, up to the first cell that failed; the kernel has its variables until the next is."""

    kernel: Player
    outputs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    figures: dict[str, list[Figure]] = field(default_factory=dict)
    lines: int = 0
    """Lines of the cells' own code that were executed, where they were counted."""
    failure: Failure | None = None

    def value(self, expression: str, missing: object = None) -> Any:
        """The value of an expression in the notebook's namespace, as JSON has it; `missing` where it fails."""
        return self.kernel.value(expression, missing)

    def text(self, cell_id: str) -> str:
        """What a cell printed and what it came to, as text."""
        outputs = self.outputs.get(cell_id, [])
        return "".join(each.get("text") or each.get("data", {}).get("text/plain", "") for each in outputs)

    def pictures(self, cell_ids: Iterable[str]) -> int:
        """How many pictures these cells show."""
        shown = [output for each in cell_ids for output in self.outputs.get(each, [])]
        return sum("image/png" in output.get("data", {}) for output in shown)


class Player:
    """One kernel, for one notebook after the other; it is started anew when a cell does not end."""

    def __init__(self) -> None:
        self._manager: KernelManager | None = None
        self._client: BlockingKernelClient | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="lumina-tasks-"))
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def play(self, cells: Sequence[Cell], data: Mapping[str, str], *, counted: bool = False) -> Played:
        """Run the code cells in their order, until one fails."""
        self._number += 1
        folder = self._folder / str(self._number)
        folder.mkdir()
        for name, text in data.items():
            (folder / name).write_text(text)
        self._run(f"__import__('lumina_task_probe').begin({str(folder)!r})", alone=True)
        played = Played(self)
        for cell in cells:
            if cell.kind != "code" or not cell.source.strip():
                continue
            if counted:
                self._run("__import__('lumina_task_probe').count()", alone=True)
            played.failure, played.outputs[cell.id] = self._run(cell.source, cell=cell.id)
            if played.pictures([cell.id]):
                played.figures[cell.id] = [Figure(tuple(each)) for each in self.value(_probe("figures()"), [])]
            if played.failure is not None:
                break
        if counted:
            played.lines = self.value(_probe("counted()"), 0)
        return played

    def value(self, expression: str, missing: object = None) -> Any:
        """The value of an expression, as JSON has it; `missing` where it cannot be had."""
        client = self._ready()
        wanted = f"__import__('lumina_task_probe').as_json(lambda: ({expression}))"
        message = client.execute("", silent=True, user_expressions={"value": wanted})
        reply = self._reply(client, message, CELL_SECONDS)
        found = (reply or {}).get("user_expressions", {}).get("value", {})
        if found.get("status") != "ok":
            return missing
        return json.loads(ast.literal_eval(found["data"]["text/plain"])).get("value", missing)

    # --- the kernel -------------------------------------------------------------------------------

    def _ready(self) -> BlockingKernelClient:
        if self._client is None:
            self._manager = KernelManager(kernel_name="python3")
            self._manager.start_kernel(cwd=str(self._folder))
            client: BlockingKernelClient = self._manager.client()
            client.start_channels()
            client.wait_for_ready(timeout=_START_SECONDS)
            self._client = client
            failure, _ = self._run(_LOAD.format(source=_PROBE.read_text()), alone=True)
            if failure is not None:
                raise RuntimeError(f"the probe does not run: {failure}")
        return self._client

    def _stop(self) -> None:
        if self._client is not None:
            self._client.stop_channels()
            self._client = None
        if self._manager is not None:
            self._manager.shutdown_kernel(now=True)
            self._manager = None

    def _run(self, source: str, *, cell: str = "", alone: bool = False) -> tuple[Failure | None, list[dict[str, Any]]]:
        """How it failed, if it did, and its outputs; `alone` leaves no trace in the session's history."""
        client = self._ready()
        message = client.execute(source, silent=False, store_history=not alone, allow_stdin=False)
        outputs: list[dict[str, Any]] = []
        ends = time.monotonic() + (_START_SECONDS if alone else CELL_SECONDS)
        while True:
            try:
                heard = client.get_iopub_msg(timeout=max(0.0, ends - time.monotonic()))
            except queue.Empty:
                self._stop()
                return Failure(cell, "Timeout", f"it takes more than {CELL_SECONDS:.0f} s"), outputs
            if heard["parent_header"].get("msg_id") != message:
                continue
            kind, content = heard["msg_type"], heard["content"]
            if kind == "status" and content["execution_state"] == "idle":
                break
            if kind in {"stream", "display_data", "execute_result", "error"}:
                outputs.append(dict(nbformat.v4.output_from_msg(heard)))
        reply = self._reply(client, message, _START_SECONDS) or {}
        if reply.get("status") == "ok":
            return None, outputs
        return Failure(cell, reply.get("ename", "Aborted"), reply.get("evalue", "")), outputs

    def _reply(self, client: BlockingKernelClient, message: str, seconds: float) -> dict[str, Any] | None:
        """The kernel's reply to a message; None when none comes, and the kernel is ended."""
        ends = time.monotonic() + seconds
        while True:
            try:
                heard = client.get_shell_msg(timeout=max(0.0, ends - time.monotonic()))
            except queue.Empty:
                self._stop()
                return None
            if heard["parent_header"].get("msg_id") == message:
                content: dict[str, Any] = heard["content"]
                return content


def _probe(call: str) -> str:
    return f"__import__('lumina_task_probe').{call}"
