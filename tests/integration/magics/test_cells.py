"""`%%lumina` cells in a real kernel with the engine in its process."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter, MarkdownExporter

from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer, Reply

from .conftest import Start, settings_for
from .kernel import Kernel


def said(server: ReplayServer, request: int = -1) -> list[tuple[str, str]]:
    messages = json.loads(server.requests[request].body)["messages"]
    return [(message["role"], _text(message["content"])) for message in messages]


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


async def test_an_answer_is_shown_and_kept(start: Start) -> None:
    async with start(chat_reply("Forty", "-two", " **is** it.")) as (kernel, server):
        ran = await kernel.run("%%lumina -o ans\nWhat is six times seven?")
        assert ran.status == "ok"
        assert ran.markdown == ["Forty-two **is** it."]
        assert "lab/m · 10 tokens · $1.3e-05" in ran.text
        assert said(server)[-1] == ("user", "What is six times seven?")
        assert await kernel.value("ans.text") == "'Forty-two **is** it.'"
        kept = await kernel.value("(ans.model, ans.usage.input_tokens, ans.usage.output_tokens, round(ans.cost, 8))")
        assert kept == "('lab/m', 7, 3, 1.3e-05)"
        assert await kernel.value("ans.seconds > 0 and ans.request_id.startswith('req_')") == "True"
        assert "Forty-two" in await kernel.value("ans")


async def test_a_long_answer_comes_in_blocks_that_are_the_answer(start: Start) -> None:
    text = "".join(
        f"## Part {n}\n\n{'word ' * 90}\n\n- a\n- b\n\n```python\nx = {n}\n\ny = 1\n```\n\n" for n in range(40)
    )
    pieces = [text[at : at + 37] for at in range(0, len(text), 37)]
    async with start(chat_reply(*pieces)) as (kernel, _):
        ran = await kernel.run("%%lumina\nA lot, please.")
        assert "".join(ran.markdown) == text
        assert 8 < len(ran.markdown) < 40
        assert ran.updates < len(pieces) / 2


async def test_reasoning_is_folded_away_above_the_answer(start: Start) -> None:
    deltas = [{"reasoning_content": "Let me "}, {"reasoning_content": "think."}, {"content": "Yes."}]
    chunks = [{"id": "c", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    chunks.append({"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    async with start(Reply(content_type="text/event-stream", body=body.encode())) as (kernel, _):
        ran = await kernel.run("%%lumina -o ans\nSure?")
        assert ran.markdown == ["<details>\n<summary>Reasoning</summary>\n\nLet me think.\n\n</details>\n", "Yes."]
        assert await kernel.value("(ans.reasoning, ans.text)") == "('Let me think.', 'Yes.')"


async def test_variables_go_into_the_prompt_and_other_braces_stay(start: Start) -> None:
    async with start(chat_reply("ok")) as (kernel, server):
        await kernel.run(
            "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2], 'b': ['x', None]})\nn = 3\nkey = 'sk-' + 'a1B2' * 10"
        )
        await kernel.run("%%lumina\n{'a': 1} {} {0} {{n + 1}} {{key}}\n{{df}}")
        prompt = said(server)[-1][1]
        assert prompt.startswith("{'a': 1} {} {0} 4 ")
        assert "a1B2" not in prompt
        assert "pandas DataFrame of 2 rows x 2 columns" in prompt
        assert "- b: " in prompt
        assert "1 missing" in prompt
        ran = await kernel.run("%%lumina\nSee {{nope}}.")
        assert ran.status == "error"
        assert ran.outputs[0]["traceback"][0] == "There is no variable 'nope', which the prompt uses in {{nope}}."
        assert len(server.requests) == 1


async def test_context_names_variables_beside_the_prompt(start: Start) -> None:
    async with start(chat_reply("ok")) as (kernel, server):
        await kernel.run("rows = [1, 2, 3]\ndef double(x):\n    return 2 * x")
        await kernel.run("%%lumina --context rows,double\nWhat does it do?")
        prompt = said(server)[-1][1]
        assert "`rows`: [1, 2, 3]" in prompt
        assert "return 2 * x" in prompt
        assert prompt.endswith("What does it do?")
        assert (await kernel.run("%%lumina --context nope\nWhat?")).status == "error"


async def test_options_reach_the_model(start: Start) -> None:
    async with start(chat_reply("ok")) as (kernel, server):
        await kernel.run("%%lumina lab/other -s 'Be $brief {x}.' --max-tokens 50 --temperature 0.5\nHello")
        body = json.loads(server.requests[-1].body)
        assert body["model"] == "other"
        assert body["temperature"] == 0.5
        assert 50 in (body.get("max_tokens"), body.get("max_completion_tokens"))
        assert said(server)[0] == ("system", "Be $brief {x}.")


@pytest.mark.parametrize(
    ("line", "sentence", "hint"),
    [
        ("-f yaml", "the formats are", "`%lumina help`"),
        ("--sytem x", "no option --sytem", "Did you mean --system?"),
        ("-o", "-o needs a value", "%lumina help"),
        ("-o 'not a name'", "not a variable's name", "%lumina help"),
        ("--max-tokens many", "not a whole number", "%lumina help"),
        ("a/b c/d", "one word too many", "quotes"),
        ("-s 'open", "not closed", "lines below"),
        ("--schema nothing", "no variable 'nothing'", "Define it first"),
        ("nobody/knows", "nobody", ""),
    ],
)
async def test_mistakes_are_a_sentence_and_a_hint(start: Start, line: str, sentence: str, hint: str) -> None:
    async with start(chat_reply("ok")) as (kernel, server):
        ran = await kernel.run(f"%%lumina {line}\nHello")
        assert ran.status == "error"
        shown = [output for output in ran.outputs if output["output_type"] == "error"]
        assert len(shown) == 1
        assert len(shown[0]["traceback"]) == 2
        assert sentence in shown[0]["traceback"][0]
        assert hint in shown[0]["traceback"][1]
        assert "Traceback" not in ran.text
        assert 'File "' not in ran.text
        assert [request for request in server.requests if request.method == "POST"] == []


async def test_code_goes_into_a_cell_below(start: Start) -> None:
    async with start(chat_reply("Here:\n\n```python\n", "x = 1\nprint(x)\n", "```\n\nDone.")) as (kernel, _):
        ran = await kernel.run("%%lumina -f code -o ans\nSome code")
        assert ran.next_cells == ["x = 1\nprint(x)"]
        assert "x = 1\nprint(x)" in ran.text
        assert await kernel.value("ans.code") == repr("x = 1\nprint(x)")


@pytest.mark.parametrize(
    ("definition", "check"),
    [
        ("S = {'type': 'object', 'properties': {'name': {'type': 'string'}}, 'required': ['name']}", "{'name': 'Ada'}"),
        ("import pydantic\nclass S(pydantic.BaseModel):\n    name: str", "S(name='Ada')"),
        ("import dataclasses\n@dataclasses.dataclass\nclass S:\n    name: str", "S(name='Ada')"),
        ("import typing\nclass S(typing.TypedDict):\n    name: str", "{'name': 'Ada'}"),
    ],
)
async def test_a_schema_gives_data(start: Start, definition: str, check: str) -> None:
    async with start(chat_reply('{"name": ', '"Ada"}')) as (kernel, server):
        await kernel.run(definition)
        ran = await kernel.run("%%lumina --schema S -o ans\nWho?")
        assert ran.outputs[0]["data"]["application/json"] == {"name": "Ada"}
        assert await kernel.value("ans.data") == check
        schema = json.loads(server.requests[-1].body)["response_format"]["json_schema"]["schema"]
        assert schema["required"] == ["name"]
        assert schema["additionalProperties"] is False


async def test_an_answer_that_is_no_json_says_so_and_is_kept(start: Start) -> None:
    async with start(chat_reply("I would rather not.")) as (kernel, _):
        ran = await kernel.run("%%lumina -f json -o ans\nWho?")
        assert ran.status == "error"
        assert "I would rather not." in ran.text
        assert "not valid JSON" in ran.text
        assert await kernel.value("(ans.text, ans.data)") == "('I would rather not.', None)"


async def test_json_html_math_and_text(start: Start) -> None:
    replies = ['```json\n[1, {"a": 2}]\n```', "```html\n<b onclick='x()'>hi</b>\n```", "$$\\frac{1}{2}$$", "plain\n"]
    async with start(*map(chat_reply, replies)) as (kernel, _):
        assert (await kernel.run("%%lumina -f json\nx")).outputs[0]["data"]["application/json"] == [1, {"a": 2}]
        shown = (await kernel.run("%%lumina -f html\nx")).outputs[0]["data"]
        assert 'sandbox="allow-scripts"' in shown["text/html"]
        assert "onclick='x()'>" not in shown["text/html"]
        assert (await kernel.run("%%lumina -f math\nx")).outputs[0]["data"]["text/latex"] == "$$\n\\frac{1}{2}\n$$"
        ran = await kernel.run("%%lumina -f text\nx")
        assert ran.outputs[0]["output_type"] == "stream"
        assert ran.outputs[0]["text"] == "plain\n"


async def test_dry_run_shows_what_would_be_sent_and_sends_nothing(start: Start) -> None:
    async with start(chat_reply("ok")) as (kernel, server):
        await kernel.run("x = 5")
        ran = await kernel.run("%%lumina -s terse --context x --dry-run\nIs {{x}} odd?")
        assert all(part in ran.text for part in ("terse", "Is 5 odd?", "`x`: 5"))
        assert server.requests == []


async def test_a_failure_keeps_what_came_and_names_the_next_step(start: Start) -> None:
    async with start(chat_reply("Half an ans", finish=None)) as (kernel, _):
        ran = await kernel.run("%%lumina -o ans\nGo")
        assert ran.status == "error"
        assert ran.markdown == ["Half an ans"]
        assert len(ran.outputs[-1]["traceback"]) == 2
        assert "→ " in ran.text
        assert await kernel.value("(ans.text, bool(ans.error), ans.finish)") == "('Half an ans', True, None)"


async def test_an_interrupt_keeps_what_came_and_closes_the_connection(start: Start) -> None:
    slow = chat_reply(*["word "] * 2_000, delay=0.02)
    async with start(slow, chat_reply("fresh")) as (kernel, server):
        running = asyncio.ensure_future(kernel.run("%%lumina -o ans\nGo on"))
        await kernel.running.wait()
        assert server.connections_open == 1
        await kernel.interrupt()
        ran = await running
        assert ran.status == "ok"
        assert "Stopped" in ran.text
        assert ran.markdown[0].startswith("word ")
        await asyncio.wait_for(server.until_answering(0), 30)
        assert await kernel.value("(ans.finish, ans.text.startswith('word'))") == "('cancelled', True)"
        assert (await kernel.run("%%lumina\nAgain")).markdown == ["fresh"]


async def test_history_survives_a_restart_of_the_kernel_and_reset_begins_anew(tmp_path: Path) -> None:
    async with ReplayServer(chat_reply("for", "ty-two")) as server:
        for question in ("What is six times seven?", "Sure?"):
            async with Kernel(tmp_path, settings_for(server)) as kernel:
                await kernel.load()
                await kernel.run(f"%%lumina\n{question}")
        assert said(server)[1:] == [("user", "What is six times seven?"), ("assistant", "forty-two"), ("user", "Sure?")]
        async with Kernel(tmp_path, settings_for(server)) as kernel:
            await kernel.load()
            assert "six times seven" in (await kernel.run("%lumina history")).text
            await kernel.run("%%lumina --no-history\nAlone")
            assert said(server)[1:] == [("user", "Alone")]
            await kernel.run("%lumina reset")
            assert "six times" not in (await kernel.run("%lumina history")).text
            await kernel.run("%%lumina\nNew")
            assert said(server)[1:] == [("user", "New")]


async def test_each_notebook_has_its_own_conversation(tmp_path: Path) -> None:
    async with ReplayServer(chat_reply("ok")) as server:
        for notebook in ("a.ipynb", "b.ipynb"):
            async with Kernel(tmp_path, settings_for(server), {"JPY_SESSION_NAME": f"/w/{notebook}"}) as kernel:
                await kernel.load()
                await kernel.run(f"%%lumina\nI am {notebook}")
        assert said(server)[1:] == [("user", "I am b.ipynb")]


async def test_two_kernels_at_once_lose_nothing(tmp_path: Path) -> None:
    async with ReplayServer(chat_reply("ok")) as server:
        settings = settings_for(server)
        async with Kernel(tmp_path, settings) as one, Kernel(tmp_path, settings) as other:
            await asyncio.gather(one.load(), other.load())
            for n in range(5):
                both = await asyncio.gather(one.run(f"%%lumina\none {n}"), other.run(f"%%lumina\nother {n}"))
                assert [ran.status for ran in both] == ["ok", "ok"], [ran.text for ran in both]
            history = (await one.run("%lumina history")).text
        assert all(f"{who} {n}" in history for who in ("one", "other") for n in range(5))


async def test_strange_text_goes_in_and_out(start: Start) -> None:
    answer = "a\x00b \x1b[31mred\x1b[0m \x1b]0;title\x07 c\rd\r\ne"
    async with start(chat_reply(answer, "\ud83d", "\ude00", " \ud800")) as (kernel, _):
        ran = await kernel.run("%%lumina -o ans\nNUL \x00 and a surrogate")
        assert ran.status == "ok"
        assert ran.markdown == ["ab red  c\nd\ne\U0001f600 \ufffd"]
        assert await kernel.value("ans.text.encode('utf-8') and len(ans.text) > 10") == "True"
        await kernel.run("p = 'lone ' + chr(0xd800) + ' and ' + chr(0)")
        assert (await kernel.run("%%lumina\n{{p}}")).status == "ok"


async def test_a_prompt_of_ten_megabytes_gets_an_answer_or_a_sentence(start: Start) -> None:
    async with start(chat_reply("ok")) as (kernel, _):
        ran = await kernel.run("%%lumina\n" + "x " * 5_000_000)
        assert ran.markdown == ["ok"] or (ran.status == "error" and len(ran.outputs[-1]["traceback"]) == 2)
        assert await kernel.value("1 + 1") == "2"


async def test_outputs_survive_nbconvert(start: Start) -> None:
    async with start(chat_reply("# Title\n\nSome *text* <script>alert(1)</script>\n\n| a |\n|---|\n| 1 |\n")) as (
        kernel,
        _,
    ):
        ran = await kernel.run("%%lumina\nGo")
        html, _ = HTMLExporter().from_notebook_node(ran.notebook)
        assert "<em>text</em>" in html
        assert "<script>alert(1)" not in html
        markdown, _ = MarkdownExporter().from_notebook_node(ran.notebook)
        assert "Some *text*" in markdown
        nbformat.validate(ran.notebook)
