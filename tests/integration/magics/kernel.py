"""A real kernel, driven as a notebook's front end does, whose cells end up as nbformat keeps them."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nbformat
from jupyter_client.manager import AsyncKernelManager

TIMEOUT = 120.0
REPOSITORY = Path(__file__).parents[3]


@dataclass
class Ran:
    """A cell that was run."""

    source: str
    status: str = ""
    outputs: list[Any] = field(default_factory=list)
    next_cells: list[str] = field(default_factory=list)
    updates: int = 0
    """Updates of displays that were sent."""

    @property
    def text(self) -> str:
        """The plain text of every output, in order."""
        return "\n".join(_plain(output) for output in self.outputs)

    @property
    def markdown(self) -> list[str]:
        """The Markdown of the outputs that have some, without the small print at the end."""
        found = [
            output["data"]["text/markdown"] for output in self.outputs if "text/markdown" in output.get("data", {})
        ]
        return [text for text in found if "<small>" not in text]

    @property
    def notebook(self) -> nbformat.NotebookNode:
        """A notebook with this cell; valid, or the test fails."""
        cell = nbformat.v4.new_code_cell(self.source, outputs=self.outputs)
        made: nbformat.NotebookNode = nbformat.v4.new_notebook(cells=[cell])
        nbformat.validate(made)
        return made


def _plain(output: Any) -> str:
    if output["output_type"] == "stream":
        return str(output["text"])
    if output["output_type"] == "error":
        return "\n".join(output["traceback"])
    return str(output["data"]["text/plain"])


class Kernel:
    """An IPython kernel with Lumina's settings in a config folder of its own.

    Args:
        folder: Holds its config, data and working folder; the same again is the same user.
        settings: Values for `c.Lumina`.
        environment: Further environment variables.
    """

    def __init__(self, folder: Path, settings: dict[str, Any], environment: dict[str, str] | None = None) -> None:
        config = folder / "config"
        config.mkdir(parents=True, exist_ok=True)
        (config / "jupyter_lumina_config.json").write_text(json.dumps({"Lumina": settings}))
        self._work = folder / "work"
        self._work.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LUMINA_", "JPY_"))}
        self._environment = {
            **kept,
            "JUPYTER_CONFIG_DIR": str(config),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "IPYTHONDIR": str(folder / "ipython"),
            "PYTHONPATH": str(REPOSITORY),
            **(environment or {}),
        }
        self._displays: dict[str, Any] = {}
        self.running = asyncio.Event()
        """Set while a cell shows something for the first time."""

    async def __aenter__(self) -> Self:
        self._manager = AsyncKernelManager(kernel_name="python3")
        await self._manager.start_kernel(env=self._environment, cwd=str(self._work))
        self._client = self._manager.client()
        self._client.start_channels()
        await self._client.wait_for_ready(timeout=TIMEOUT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._client.stop_channels()
        await self._manager.shutdown_kernel(now=False)

    async def load(self) -> None:
        """`%load_ext lumina_jupyter`."""
        ran = await self.run("%load_ext lumina_jupyter")
        assert ran.status == "ok", ran.text

    async def run(self, source: str) -> Ran:
        """Run a cell to its end."""
        ran = Ran(source)
        self.running.clear()

        def hear(message: dict[str, Any]) -> None:
            kind, content = message["msg_type"], message["content"]
            if kind == "update_display_data":
                ran.updates += 1
                # Also of a cell before, as a front end has it.
                shown = self._displays[content["transient"]["display_id"]]
                shown["data"] = content["data"]
                self.running.set()
            elif kind in {"display_data", "stream", "error", "execute_result"}:
                display = content.get("transient", {}).get("display_id")
                ran.outputs.append(nbformat.v4.output_from_msg(message))
                if display:
                    self._displays[display] = ran.outputs[-1]
                if kind == "stream" or "Waiting" not in str(content):
                    self.running.set()

        reply = await self._client.execute_interactive(source, output_hook=hear, timeout=TIMEOUT, allow_stdin=False)
        ran.status = reply["content"]["status"]
        ran.next_cells = [
            item["text"] for item in reply["content"].get("payload", []) if item["source"] == "set_next_input"
        ]
        assert ran.notebook is not None
        return ran

    async def value(self, expression: str) -> str:
        """The `repr` of an expression."""
        ran = await self.run(f"print(repr({expression}))")
        assert ran.status == "ok", ran.text
        return ran.text.strip()

    async def interrupt(self) -> None:
        """The stop button."""
        await self._manager.interrupt_kernel()

    async def complete(self, code: str, cursor: int | None = None) -> list[str]:
        """What Tab offers."""
        identifier = self._client.complete(code, len(code) if cursor is None else cursor)
        while True:
            reply = await self._client.get_shell_msg(timeout=TIMEOUT)
            if reply["parent_header"]["msg_id"] == identifier:
                return list(reply["content"]["matches"])
