"""What people do to a notebook that they have open, connected or not."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pycrdt import Array, Text
from tornado.httpclient import HTTPError
from tornado.websocket import WebSocketError

from lumina_jupyter.collaboration.document.shared_cells import content_at, content_in
from lumina_jupyter.collaboration.document.shared_outputs import shared_output

from ..participant import Participant, until
from .ledger import Ledger
from .story import Step


class Person:
    """Somebody with the notebook open.

    Args:
        name: For the story.
        participant: Their page.
        ledger: Where all that they write is noted.
        runners: Who runs which cell: nobody else ever does.
    """

    def __init__(self, name: str, participant: Participant, ledger: Ledger, runners: dict[str, str]) -> None:
        self.name = name
        self.participant = participant
        self.there = False
        self._ledger = ledger
        self._runners = runners

    @property
    def content(self) -> dict[str, Any]:
        """The notebook as this person sees it."""
        return content_in(self.participant.notebook)

    async def come(self) -> bool:
        """Connect (again), as a page does by itself; whether it worked."""
        await self.go()
        participant = self.participant
        try:
            if not participant.room:
                await participant.ask()
            await participant.connect()
        except (HTTPError, WebSocketError, OSError):
            return False
        await until(lambda: participant._synced.is_set() or participant.close_code is not None)
        self.there = participant._synced.is_set()
        if not self.there:
            await self.go()
        return self.there

    async def go(self) -> None:
        """The cable is cut; the page stays."""
        self.there = False
        with suppress(OSError):
            await self.participant.leave()

    def act(self, step: Step) -> str:
        """Do what the story says; what it was, for whoever reads the story."""
        cells = self.participant.notebook.ycells
        if not len(cells):
            return "sees no cells"
        at = int(step.at * len(cells))
        shared = cells[at]
        cell_id = str(shared.get("id"))
        with self.participant.document.transaction():
            done = getattr(self, f"_{step.what}")(step, at, shared, cell_id)
        return f"{self.name}{'' if self.there else ' (away)'} {done}"

    def _type(self, step: Step, at: int, shared: Any, cell_id: str) -> str:
        source = shared["source"]
        text = str(source)
        place = len(text) if step.how < 0.5 else int(step.where * (len(text) + 1))
        _, written = self._ledger.write(cell_id)
        source.insert(len(text[:place].encode()), written)
        return f"types {written!r} into {cell_id} at {place}"

    def _insert(self, step: Step, at: int, shared: Any, cell_id: str) -> str:
        notebook = self.participant.notebook
        name = self._ledger.cell()
        _, written = self._ledger.write(name)
        kind = "markdown" if step.how < 0.3 else "code"
        cell: dict[str, Any] = {"cell_type": kind, "id": name, "source": written, "metadata": {}}
        if kind == "code":
            cell |= {"outputs": [], "execution_count": None}
        notebook.ycells.insert(at + (step.where < 0.5), notebook.create_ycell(cell))
        return f"inserts {name} with {written!r} at {at}"

    def _delete(self, step: Step, at: int, shared: Any, cell_id: str) -> str:
        if len(self.participant.notebook.ycells) < 3:
            return "deletes nothing"
        self._ledger.delete(cell_id)
        del self.participant.notebook.ycells[at]
        return f"deletes {cell_id}"

    def _erase(self, step: Step, at: int, shared: Any, cell_id: str) -> str:
        source = shared["source"]
        text = str(source)
        begin = int(step.where * len(text))
        end = min(len(text), begin + 1 + int(step.how * 4))
        if end > begin:
            self._ledger.free(text[begin:end])
            del source[len(text[:begin].encode()) : len(text[:end].encode())]
        return f"erases {text[begin:end]!r} in {cell_id}"

    def _move(self, step: Step, at: int, shared: Any, cell_id: str) -> str:
        notebook = self.participant.notebook
        content = content_at(notebook, at)
        del notebook.ycells[at]
        to = int(step.where * (len(notebook.ycells) + 1))
        notebook.ycells.insert(to, notebook.create_ycell(content))
        return f"moves {cell_id} from {at} to {to}"

    def _output(self, step: Step, at: int, shared: Any, cell_id: str) -> str:
        outputs = shared.get("outputs")
        if not isinstance(outputs, Array) or self._runners.setdefault(cell_id, self.name) != self.name:
            return f"leaves the outputs of {cell_id} alone"
        _, marker = self._ledger.output(cell_id)
        shared["execution_count"] = float(int(shared.get("execution_count") or 0) + 1)
        last = outputs[len(outputs) - 1] if len(outputs) else None
        text = last.get("text") if last is not None and not isinstance(last, dict) else None
        if step.how < 0.4 and isinstance(text, Text):
            text += marker
            return f"gets {marker} at the end of the stream of {cell_id}"
        outputs.append(shared_output(_new_output(marker, step.how)))
        return f"gets {marker} from {cell_id}"

    def _rerun(self, step: Step, at: int, shared: Any, cell_id: str) -> str:
        outputs = shared.get("outputs")
        if not isinstance(outputs, Array) or self._runners.get(cell_id) != self.name:
            return f"does not run {cell_id}"
        self._ledger.free_outputs("".join(str(output) for output in outputs.to_py() or ()))
        outputs.clear()
        _, marker = self._ledger.output(cell_id)
        shared["execution_count"] = float(int(shared.get("execution_count") or 0) + 1)
        outputs.append(shared_output(_new_output(marker, step.how)))
        return f"runs {cell_id} again and gets {marker}"

    def _mark(self, step: Step, at: int, shared: Any, cell_id: str) -> str:
        name = f"mark{self._ledger.number()}"
        shared["metadata"][name] = {"by": self.name, "at": step.where}
        self._ledger.marks[name] = cell_id
        return f"sets {name} of {cell_id}"


def _new_output(marker: str, how: float) -> dict[str, Any]:
    if how < 0.6:
        return {"output_type": "stream", "name": "stdout", "text": marker}
    return {"output_type": "display_data", "data": {"text/plain": marker, "text/html": ""}, "metadata": {}}
