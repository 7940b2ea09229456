"""Every example of docs/magics.md runs."""

from __future__ import annotations

import re

from tests.replay.answers import chat_reply

from .conftest import Start
from .kernel import REPOSITORY

EXAMPLES = re.findall(
    r"^```ipython\n(.*?)^```$", (REPOSITORY / "docs" / "magics.md").read_text(), re.MULTILINE | re.DOTALL
)


ANSWER = 'It is {"name": "Oslo", "country": "Norway"}.\n\n```python\nmedian = sorted\n```\n'
"""Has in it what any of the examples asks for."""


def asks(example: str) -> bool:
    return example.startswith(("%%lumina", "%lumina explain", "%lumina fix")) and "--dry-run" not in example


async def test_every_example_runs(start: Start) -> None:
    assert len(EXAMPLES) > 15
    async with start(chat_reply(ANSWER), models={"lab/m": {"context": 8192}}) as (kernel, server):
        shown: dict[str, str] = {}
        for example in EXAMPLES:
            ran = await kernel.run(example)
            assert ran.status == "ok", f"{example}\n{ran.text}"
            shown[example] = ran.text
        assert shown["answer.data.name\n"] == "'Oslo'"
        posts = [request for request in server.requests if request.method == "POST"]
        assert len(posts) == sum(asks(example) for example in EXAMPLES)
        assert b"pandas DataFrame of 2 rows x 2 columns" in posts[1].body
        assert b"The best month sold 30 pieces." in posts[1].body
