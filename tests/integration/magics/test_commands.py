"""`%lumina` and its subcommands, completion, and taking the magics out again."""

from __future__ import annotations

from pathlib import Path

import pytest
from jupyter_client.launcher import launch_kernel

from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer

from .conftest import Start, settings_for
from .kernel import Kernel


async def test_each_subcommand_says_what_it_should(start: Start) -> None:
    async with start(chat_reply("An answer.")) as (kernel, _):
        assert "lab/m answers" in (await kernel.run("%lumina")).text
        assert "no turns yet" in (await kernel.run("%lumina history")).text
        assert "No model was asked" in (await kernel.run("%lumina usage")).text
        await kernel.run("%%lumina\nA question")
        history = (await kernel.run("%lumina history")).text
        assert "You: A question" in history
        assert "An answer." in history
        usage = (await kernel.run("%lumina usage 7")).text
        assert "lab/m" in usage
        assert "$1.3e-05 in 7 days" in usage
        assert "lab/m" in (await kernel.run("%lumina models")).text
        providers = (await kernel.run("%lumina providers")).text
        assert "openai" in providers
        assert "lab" in providers
        doctor = (await kernel.run("%lumina doctor")).text
        assert "this process" in doctor
        assert "data folder" in doctor
        help_text = (await kernel.run("%lumina help")).text
        assert all(part in help_text for part in ("--schema", "--dry-run", "explain", "doctor"))


async def test_mistakes_in_subcommands_are_a_sentence_and_a_hint(start: Start) -> None:
    async with start(chat_reply("ok")) as (kernel, _):
        for line, expected in {
            "modles": "Did you mean `%lumina models`?",
            "what is a z-score": "put it under a line `%%lumina`",
            "usage many": "one whole number",
            "reset now": "takes no argument",
            "use a b": "takes one model",
            "use lab/mm": "Did you mean lab/m",
            "fix": "No cell has failed",
            "explain nope": "no variable 'nope'",
        }.items():
            ran = await kernel.run(f"%lumina {line}")
            assert ran.status == "error", line
            assert expected in ran.text, (line, ran.text)
            assert len(ran.outputs[-1]["traceback"]) == 2


async def test_use_chooses_the_model_of_the_next_cells(start: Start) -> None:
    models = {"lab/m": {"context": 8192}, "lab/large": {"context": 8192}}
    async with start(chat_reply("ok"), models=models) as (kernel, server):
        assert "lab/large answers from now on" in (await kernel.run("%lumina use lab/large")).text
        await kernel.run("%%lumina\nHello")
        assert b'"large"' in server.requests[-1].body
        assert "lab/m answers from now on" in (await kernel.run("%lumina use default")).text


async def test_fix_sends_the_failing_cell_and_puts_the_corrected_one_below(start: Start) -> None:
    async with start(chat_reply("```python\nprint(1 / 1)\n```\nIt divided by zero.")) as (kernel, server):
        failed = await kernel.run("x = 'unrelated'\nprint(1 / 0)")
        assert failed.status == "error"
        await kernel.run("%%lumina --nonsense\nours is not what shall be mended")
        ran = await kernel.run("%lumina fix")
        assert ran.next_cells == ["print(1 / 1)"]
        assert "It divided by zero." in ran.text
        prompt = server.requests[-1].body.decode()
        assert "x = 'unrelated'" in prompt
        assert "ZeroDivisionError: division by zero" in prompt
        assert "IPython/core" not in prompt


async def test_fix_knows_an_error_from_before_the_magics_were_loaded(tmp_path: Path) -> None:
    async with (
        ReplayServer(chat_reply("```python\npass\n```")) as server,
        Kernel(tmp_path, settings_for(server)) as kernel,
    ):
        await kernel.run("undefined_name + 1")
        await kernel.load()
        await kernel.run("%lumina fix")
        assert b"undefined_name + 1" in server.requests[-1].body


async def test_explain_takes_the_last_cell_or_a_name(start: Start) -> None:
    async with start(chat_reply("It adds.")) as (kernel, server):
        await kernel.run("def add(a, b):\n    return a + b")
        await kernel.run("total = add(1, 2)")
        assert "It adds." in (await kernel.run("%lumina explain")).text
        assert b"total = add(1, 2)" in server.requests[-1].body
        await kernel.run("%lumina explain add")
        assert b"return a + b" in server.requests[-1].body


async def test_tab_offers_models_options_and_values(start: Start) -> None:
    async with start(chat_reply("ok")) as (kernel, _):
        await kernel.run("%lumina models\nmy_table = 1")
        assert await kernel.complete("%lumina mo") == ["models"]
        assert await kernel.complete("%lumina use la") == ["lab/m"]
        assert "lab/m" in await kernel.complete("%%lumina ")
        assert await kernel.complete("%%lumina lab/") == ["lab/m"]
        assert await kernel.complete("%%lumina --sch") == ["--schema"]
        assert await kernel.complete("%%lumina -f ma") == ["markdown", "math"]
        assert await kernel.complete("%%lumina -o my_t") == ["my_table"]
        assert await kernel.complete("%%lumina --context x,my_t") == ["my_table"]
        assert await kernel.complete("%%lumina\nmodels mo") != ["models"]
        assert "print" in await kernel.complete("pri")


async def test_unloading_takes_everything_out(start: Start) -> None:
    async with start(chat_reply("ok")) as (kernel, _):
        await kernel.run("%unload_ext lumina_jupyter")
        assert "not found" in (await kernel.run("%lumina")).text
        assert await kernel.complete("%lumina mo") != ["models"]
        await kernel.load()
        assert "lab/m answers" in (await kernel.run("%lumina")).text
        assert (await kernel.run("%reload_ext lumina_jupyter")).status == "ok"
        assert len((await kernel.run("%lumina")).outputs) == 1


async def test_nothing_heavy_is_loaded_with_the_extension(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    # By hand: one that is forked has loaded it all.
    monkeypatch.setattr("jupyter_client.provisioning.local_provisioner.launch_kernel", launch_kernel)
    async with start(chat_reply("ok")) as (kernel, _):
        heavy = "{'litellm', 'httpx', 'pydantic', 'sqlalchemy', 'alembic', 'keyring', 'xllamacpp', 'pandas', 'rich', 'click'}"
        assert await kernel.value(f"__import__('sys').modules.keys() & {heavy}") == "set()"
        loaded = await kernel.value("sorted(m for m in __import__('sys').modules if m.startswith('lumina_jupyter'))")
        assert eval(loaded) == [
            "lumina_jupyter",
            "lumina_jupyter._version",
            "lumina_jupyter.magics",
            "lumina_jupyter.magics.registration",
        ]


async def test_a_fault_of_our_own_is_a_sentence_too(start: Start) -> None:
    async with start(chat_reply("ok")) as (kernel, _):
        await kernel.run("import sys; sys.modules['lumina_jupyter.magics.commands'] = None")
        ran = await kernel.run("%lumina models")
        assert "failed in an unforeseen way" in ran.text
        assert "lumina doctor" in ran.text
        assert "Traceback" not in ran.text
