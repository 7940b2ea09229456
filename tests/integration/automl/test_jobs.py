"""Jobs outlive a server that is killed, are interrupted by one that ends, and go on either way with nothing paid twice."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from lumina_jupyter.automl.jobs import Jobs, JobView, SearchRequest
from lumina_jupyter.errors import SettingUnusable
from lumina_jupyter.settings import Lumina

from .tables import churn

SERVER = """
import asyncio, json, sys
from pathlib import Path
from lumina_jupyter.automl.jobs import Jobs, SearchRequest
from lumina_jupyter.settings import Lumina

async def main():
    data, root = sys.argv[1:]
    async def root_of():
        return Path(root)
    jobs = Jobs(Lumina(data_dir=data), root_of)
    shared = dict(file="churn.csv", target="churn", seconds=600, families=("linear",), folds=3)
    await jobs.start(SearchRequest(**shared, name="first"), "ada")
    await jobs.start(SearchRequest(**shared, name="second"), "ada")
    while not (await jobs.jobs("ada"))[1].began_at:
        await asyncio.sleep(0.05)
    print("begun", flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_server_is_killed_and_another_ends(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    churn().to_csv(root / "churn.csv", index=False)
    data = tmp_path / "data"
    command = [sys.executable, "-c", SERVER, str(data), str(root)]
    variables = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    server = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=variables)
    assert server.stdout is not None
    assert await server.stdout.readline() == b"begun\n"

    async def root_of() -> Path:
        return root

    def opened() -> Jobs:
        return Jobs(Lumina(data_dir=str(data)), root_of)

    # While another server of the same person lives, what waits is left to it.
    beside = opened()
    assert {view.name: view.state for view in await beside.jobs("ada")} == {"first": "running", "second": "queued"}
    assert await beside.jobs("bob") == []
    assert beside.queue.mine == frozenset()
    await beside.close()
    os.kill(server.pid, signal.SIGKILL)
    await server.wait()

    second = opened()
    await _trained(second.shelf.root / "first")
    await second.ask("first", "ada", "stop")
    states = await _until(second, lambda views: views["first"].state == "done" and views["second"].state == "running")
    assert states["first"].failure == ""
    assert (await second.get("first", "ada")).score is not None
    experiment = second.shelf.root / "second"
    await _trained(experiment)
    held = await second.ask("second", "ada", "pause")
    assert held.paused
    process = psutil.Process(json.loads((data / "automl-jobs" / "second" / "job.json").read_text())["pid"])
    group = [process, *process.children(recursive=True)]
    await second.close()
    _, alive = await asyncio.to_thread(psutil.wait_procs, group, 60)
    assert not alive, "What a job began outlives it."

    third = opened()
    view = await third.get("second", "ada")
    assert view.state == "interrupted"
    assert view.job is not None
    assert "is kept" in view.job.failure
    outcomes = {path: path.stat().st_mtime_ns for path in experiment.glob("trials/*/fold*.json")}
    asked = [third.resume("second", "ada", seconds=0.001) for _ in range(2)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    (begun,) = (each for each in answers if not isinstance(each, SettingUnusable))
    assert isinstance(begun, JobView), "Who asks twice begins it once."
    assert begun.target == "churn"
    await _until(third, lambda views: views["second"].state == "done")
    assert {path: path.stat().st_mtime_ns for path in outcomes} == outcomes
    assert (await third.get("second", "ada")).score is not None
    await third.close()


async def _until(jobs: Jobs, holds: Callable[[dict[str, JobView]], bool]) -> dict[str, JobView]:
    found: dict[str, JobView] = {}

    async def look() -> bool:
        found.update({view.name: view for view in await jobs.jobs("ada")})
        return holds(found)

    await _wait(look)
    return found


async def _trained(experiment: Path) -> None:
    """Wait until there is something to keep."""
    await _wait(lambda: asyncio.to_thread(lambda: len(list(experiment.glob("trials/*/fold*.json"))) >= 3))


async def test_a_name_that_the_server_has_made_is_nobodys_choice(tmp_path: Path) -> None:
    churn().to_csv(tmp_path / "churn.csv", index=False)

    async def root_of() -> Path:
        return tmp_path

    jobs = Jobs(Lumina(data_dir=str(tmp_path / "data")), root_of)
    for name, chosen in (("", False), ("churn-20261122-101010", True)):
        asked = SearchRequest(file="churn.csv", target="churn", families=("linear",), trials=3, folds=2, name=name)
        job = await jobs.start(asked, "")
        assert (await _until_over(jobs, job.name)).state == "done"
        experiment = jobs.shelf.experiment(job.name)
        assert experiment is not None
        assert experiment.is_named() is chosen
    await jobs.close()


async def _wait(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(500):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.1)


async def test_what_is_wrong_with_a_table_is_told_where_people_look(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("a,b\n" + "1,x\n" * 30)

    async def root_of() -> Path:
        return tmp_path

    jobs = Jobs(Lumina(data_dir=str(tmp_path / "data")), root_of)
    job = await jobs.start(SearchRequest(file="one.csv", target="b"), "")
    found = await _until_over(jobs, job.name)
    assert found.state == "failed"
    assert "class" in found.failure
    assert found.hint
    # It came to nothing, so its name is free, and a search that would go on begins anew.
    again = await jobs.start(SearchRequest(file="one.csv", target="a", name=job.name, seconds=900), "")
    view = await jobs.ask(again.name, "", "stop")
    assert view.job is not None
    assert view.job.state in ("stopped", "done")
    await jobs.delete(again.name, "")
    assert await jobs.experiments("") == []
    await jobs.close()


async def _until_over(jobs: Jobs, name: str) -> JobView:
    view = (await jobs.jobs(""))[0]
    async with asyncio.timeout(500):
        while view.state in ("queued", "running"):
            await asyncio.sleep(0.1)
            view = next(each for each in await jobs.jobs("") if each.name == name)
    return view
