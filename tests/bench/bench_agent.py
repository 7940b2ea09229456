"""Runs of the agent: milliseconds from a stop to a run that is over with no process left, wherever the run is; from a
model's last token, as its gateway streams it, to the plan in the stream of events; and for each kind of step what the agent adds.

The model is a double that answers at once; notebook, kernel, sandbox, database and toolbox are real.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

from lumina_jupyter.agent import RunRequest, Step
from lumina_jupyter.agent.run_events import PlanMade, StepBegan
from lumina_jupyter.agent.thinking.mind import ModelMind
from lumina_jupyter.collaboration import DiskPlaces
from lumina_jupyter.context.notebook_view import view_of
from lumina_jupyter.context.surroundings import Surroundings
from lumina_jupyter.context.view import NotebookView
from lumina_jupyter.engine import Engine
from lumina_jupyter.events import Event, MessageFinished, MessageStarted, TextDelta, Usage
from lumina_jupyter.gateway import ChatRequest, ModelInfo
from lumina_jupyter.settings import Lumina
from tests.integration.agent.scripted import Scripted, add, plan, run_of

STOPS = 40
PLANS = 60
STEPS = 20
PIECE = 4
"""Characters of a token."""
PLANNED = {
    "phases": [
        {
            "title": "Work",
            "steps": [
                {
                    "id": f"s{each}",
                    "title": f"Step {each}",
                    "tool": "add_cell",
                    "arguments": {},
                    "writes": f"part {each}",
                }
                for each in range(STEPS)
            ],
        }
    ],
    "answers": False,
}
SLEEP = "import time\nwhile True:\n    time.sleep(0.02)"


class Kernel:
    """A notebook's kernel, without a server."""

    def __init__(self, manager: AsyncKernelManager) -> None:
        self._manager = manager
        self.id = "k"

    def client(self) -> AsyncKernelClient:
        client = AsyncKernelClient()
        client.load_connection_info(self._manager.get_connection_info())
        return client

    async def lives(self) -> bool:
        return bool(await self._manager.is_alive())

    async def interrupt(self) -> None:
        await self._manager.interrupt_kernel()


class Kernels:
    """One kernel for all notebooks."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    async def of(self, path: str, spec: str) -> Kernel:
        return self._kernel

    async def running(self, path: str) -> Kernel | None:
        return self._kernel


class Disk:
    """Notebooks and folders of a root."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def view(self, path: str) -> NotebookView | None:
        return view_of(json.loads((self._root / path).read_text()), path)

    async def roots(self, notebook: str, kernel_id: str) -> tuple[Path, ...]:
        return (self._root,)


class Speaking:
    """A remote model that streams a plan of twenty steps; notes when its last token was there."""

    said = 0.0

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        yield MessageStarted("r", "lab", "m")
        wanted = request.response_format.name if request.response_format is not None else ""
        text = json.dumps(PLANNED if wanted == "plan" else {"action": "write"})
        for at in range(0, len(text), PIECE):
            yield TextDelta(text[at : at + PIECE])
        self.said = time.perf_counter()
        yield Usage(1000, len(text) // PIECE)
        yield MessageFinished("stop")


def children(kernel: int) -> int:
    """Processes below this one, but for the kernel's."""
    found = 0
    for child in psutil.Process().children(recursive=True):
        try:
            found += child.pid != kernel and child.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            continue
    return found


async def _stop(engine: Engine, mind: Scripted, chance: random.Random, kind: str) -> tuple[float, float]:
    """How long a stop takes, and how long until no process is left, in milliseconds."""
    never = asyncio.get_running_loop().create_future()
    mind.before = (lambda what: never if what == "write" else None) if kind == "model" else None
    steps: dict[str, tuple[Step, ...]] = {
        "model": (add("a"),),
        "approval": (add("a", "x = 1"), run_of()),
        "cell": (add("a", SLEEP), run_of()),
        "shell": (Step(id="a", title="Shell", tool="run_shell", arguments={"command": "sleep 60"}),),
    }
    mind.plans = [plan(*steps[kind])]
    run = await engine.agents.start(RunRequest(words="do it", notebook="a.ipynb", gear="4", user="ada"))
    last = steps[kind][-1].id
    while not any(  # noqa: ASYNC110 - a look every two milliseconds is what is measured with
        isinstance(each.event, StepBegan) and each.event.step == last for each in await engine.agents.events(run.id)
    ):
        await asyncio.sleep(0.002)
    if kind == "cell":
        while not (asked := await engine.tools.approvals.list("ada")):  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        await engine.tools.approvals.decide(asked[0].id, "grant", by="ada")
    await asyncio.sleep(0.1 + 0.3 * chance.random())
    began = time.perf_counter()
    stopped = await engine.agents.stop(run.id)
    taken = 1000 * (time.perf_counter() - began)
    if stopped.state != "stopped":
        raise RuntimeError(f"the run is {stopped.state}")
    return taken, began


async def _gone(began: float, count: Callable[[], int]) -> float:
    """Milliseconds since the stop until no process of the run is left."""
    while count():
        if time.perf_counter() - began > 30:
            raise RuntimeError("a process is left")
        await asyncio.sleep(0.002)
    return 1000 * (time.perf_counter() - began)


def _print(name: str, taken: list[float]) -> None:
    print(f"agent.{name}_median {statistics.median(taken):.1f} ms")
    print(f"agent.{name}_p95 {sorted(taken)[int(0.95 * len(taken))]:.1f} ms")


async def _plans(engine: Engine, model: Speaking) -> list[float]:
    """From the last token of a model's plan to the plan in the stream."""
    taken = []
    for _ in range(PLANS):
        request = RunRequest(words="write code", notebook="a.ipynb", gear="2", user="ada", plan_only=True)
        run = await engine.agents.start(request)
        async for event in engine.agents.watch(run.id):
            if isinstance(event.event, PlanMade):
                taken.append(1000 * (time.perf_counter() - model.said))
                if len(event.event.plan.steps) != STEPS:
                    raise RuntimeError(f"that is another plan: {event.event.plan.note}")
                break
        while (await engine.agents.get(run.id)).state != "waiting":  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        await engine.agents.stop(run.id)
    return taken


async def _nobody(_model: str) -> ModelInfo | None:
    return None


async def main() -> None:
    """Print the figures."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        root.mkdir()
        cells: list[dict[str, Any]] = []
        content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (root / "a.ipynb").write_text(json.dumps(content))
        os.environ["IPYTHONDIR"] = str(Path(folder) / "ipython")
        manager = AsyncKernelManager()
        await manager.start_kernel(cwd=str(root))
        kernel = Kernel(manager)
        disk = Disk(root)
        settings = Lumina(data_dir=str(Path(folder) / "data"), ollama_url="", default_model="lab/m")
        settings.endpoints = {"lab": {"base_url": "http://127.0.0.1:9/v1"}}
        settings.models = {"lab/m": {"context": 8192}}
        engine = Engine(settings, {}, Surroundings(notebooks=disk, folders=disk), DiskPlaces(root), Kernels(kernel))
        model = Speaking()
        planner = ModelMind(settings, model.chat, engine.tools.registry.get, _nobody)
        engine.agents._means = replace(engine.agents._means, mind=lambda: planner)  # the double of the remote model
        shown = await _plans(engine, model)
        mind = Scripted(texts=["x = 1"])
        engine.agents._means = replace(engine.agents._means, mind=lambda: mind)
        provisioner: Any = manager.provisioner
        chance = random.Random(1)
        kinds = ("model", "approval", "cell", "shell")
        every: list[float] = []
        gone: list[float] = []
        for kind in kinds:
            await _stop(engine, mind, chance, kind)
            taken = []
            for _ in range(STOPS // len(kinds)):
                milliseconds, began = await _stop(engine, mind, chance, kind)
                taken.append(milliseconds)
                gone.append(await _gone(began, lambda: children(provisioner.pid)))
            _print(f"stop_{kind}", taken)
            every += taken
        _print("stop", every)
        _print("no_process_left", gone)
        print(f"agent.plan_of_{STEPS}_steps_shown_first {shown[0]:.1f} ms")
        _print(f"plan_of_{STEPS}_steps_shown", shown)
        await engine.close()
        await manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    asyncio.run(main())
