"""The process of an embedded model: killed, orphaned, idle, crowded out, or unable to start."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lumina_jupyter.errors import EmbeddedModelFailed
from lumina_jupyter.events import Event, TextDelta
from lumina_jupyter.gateway.embedded import EmbeddedModels, Weights
from lumina_jupyter.gateway.embedded import weights as weights_module
from lumina_jupyter.gateway.providers.base import Target
from lumina_jupyter.settings import Lumina

from .running import CODER, SMALL, answer, process_exists, question, running, text_of

pytestmark = pytest.mark.embedded

_LOAD_AND_WAIT = """
import asyncio, sys
from lumina_jupyter.gateway.embedded import EmbeddedModels
from lumina_jupyter.settings import Lumina

async def main():
    models = EmbeddedModels(Lumina(models_dir=sys.argv[1], embedded_context=512))
    async with models.use(models.weights.require("smollm2-135m")) as process:
        print(process.pid, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


async def _until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - another process has no asyncio.Event to set
            await asyncio.sleep(0.02)


async def test_killed_in_the_middle_of_an_answer_it_fails_once_and_the_next_prompt_works(settings: Lumina) -> None:
    async with running(settings) as (adapter, models):
        events: list[Event] = []
        killed: list[int] = []

        async def kill_after_three_pieces() -> None:
            async for event in adapter.chat(question("Tell a long story.", max_tokens=1500), SMALL):
                events.append(event)
                if not killed and sum(isinstance(one, TextDelta) for one in events) == 3:
                    killed.append(models.process_ids[SMALL.name])
                    os.kill(killed[0], signal.SIGKILL)

        with pytest.raises(EmbeddedModelFailed, match=r"died in the middle of the answer \(signal 9\)") as caught:
            await kill_after_three_pieces()
        assert caught.value.provider == "embedded"
        assert text_of(events)
        assert text_of(await answer(adapter, question("Hi!")))
        assert models.process_ids[SMALL.name] != killed[0]


async def test_killed_while_nobody_asks_it_is_not_even_noticed(settings: Lumina) -> None:
    async with running(settings) as (adapter, models):
        await answer(adapter, question("Hi!"))
        os.kill(models.process_ids[SMALL.name], signal.SIGKILL)
        await _until(lambda: not models.process_ids)
        assert text_of(await answer(adapter, question("Hi!")))


async def test_the_end_of_the_engine_is_the_end_of_the_process(settings: Lumina) -> None:
    async with running(settings) as (adapter, models):
        await answer(adapter, question("Hi!"))
        pid = models.process_ids[SMALL.name]
        assert process_exists(pid)
    assert not process_exists(pid)
    with pytest.raises(EmbeddedModelFailed, match="shut down"):
        async with models.use(models.weights.require(SMALL.name)):
            pass


def test_a_killed_parent_leaves_no_orphan(settings: Lumina) -> None:
    command = [sys.executable, "-c", _LOAD_AND_WAIT, str(settings.models_path)]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path.cwd())
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert process_exists(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    asyncio.run(_until(lambda: not process_exists(pid)))


async def test_it_leaves_memory_when_idle_and_comes_back(settings: Lumina) -> None:
    settings.embedded_idle_minutes = 0.005
    async with running(settings) as (adapter, models):
        await answer(adapter, question("Hi!"))
        pid = models.process_ids[SMALL.name]
        await _until(lambda: not process_exists(pid))
        assert not models.is_loaded(SMALL.name)
        assert text_of(await answer(adapter, question("Hi!")))


async def test_it_does_not_count_as_idle_while_it_answers(settings: Lumina) -> None:
    settings.embedded_idle_minutes = 0.0005
    async with running(settings) as (adapter, _):
        assert text_of(await answer(adapter, question("Count to twenty.", max_tokens=64)))


async def test_first_prompts_share_one_load(settings: Lumina) -> None:
    async with running(settings) as (adapter, models):
        answers = await asyncio.gather(*(answer(adapter, question(f"Say {word}.")) for word in ("one", "two", "three")))
        assert len(models.process_ids) == 1
    assert all(text_of(events) for events in answers)


async def test_a_prompt_that_is_cancelled_while_the_model_loads_does_not_stop_the_others(settings: Lumina) -> None:
    async with running(settings) as (adapter, models):
        first = asyncio.create_task(answer(adapter, question("Hi!")))
        second = asyncio.create_task(answer(adapter, question("Hi!")))
        await asyncio.sleep(0)
        first.cancel()
        assert text_of(await second)
        assert len(models.process_ids) == 1


async def test_where_two_do_not_fit_the_unused_one_goes(settings: Lumina, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_module, "total_memory", lambda: 3 * 1024**3)
    async with running(settings) as (adapter, models):
        await answer(adapter, question("Hi!"), SMALL)
        await answer(adapter, question("Hi!", max_tokens=2), CODER)
        assert list(models.process_ids) == [CODER.name]


async def test_a_file_that_is_no_model_says_so(settings: Lumina, tmp_path: Path) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"GGUF" + bytes(1000))
    async with running(settings) as (adapter, models):
        with pytest.raises(EmbeddedModelFailed, match="bad could not be loaded"):
            await answer(adapter, question("Hi!"), Target(provider="embedded", name=str(bad)))
        assert models.process_ids == {}


async def test_a_gguf_file_of_ones_own_answers(settings: Lumina, tmp_path: Path) -> None:
    mine = tmp_path / "mine.gguf"
    mine.symlink_to(Weights(settings).require(SMALL.name).path)
    settings.embedded_models = {"mine": str(mine)}
    async with running(settings) as (adapter, _):
        assert text_of(await answer(adapter, question("Hi!"), Target(provider="embedded", name="mine")))


async def test_without_its_key_the_process_answers_nobody(settings: Lumina) -> None:
    import httpx

    models = EmbeddedModels(settings)
    try:
        async with models.use(models.weights.require(SMALL.name)) as process, httpx.AsyncClient() as client:
            body = {"messages": [{"role": "user", "content": "Hi!"}], "max_tokens": 1}
            for headers in ({}, {"authorization": "Bearer wrong"}):
                refused = await client.post(f"{process.url}/v1/chat/completions", json=body, headers=headers)
                assert refused.status_code == 401
            seen_by_others = await asyncio.to_thread(_command_and_environment, process.pid)
            assert process.key.encode() not in seen_by_others
    finally:
        await models.close()


def _command_and_environment(pid: int) -> bytes:
    folder = Path(f"/proc/{pid}")
    if not folder.exists():
        pytest.skip("there is no /proc here")
    return (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
