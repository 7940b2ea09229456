"""A command reads a notebook for who asks only where they may read files, or have sent it themselves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from lumina_jupyter.context import CellView, NotebookView
from lumina_jupyter.errors import Forbidden
from lumina_jupyter.gateway.requests import TextPart
from lumina_jupyter.memory import Question
from lumina_jupyter.server.base import LuminaHandler
from lumina_jupyter.server.rights import within_rights

VIEW = NotebookView(cells=(CellView(id="a", source="x = 1"),))


def asker(*, files: bool) -> LuminaHandler:
    def is_authorized(handler: Any, user: Any, action: str, resource: str) -> bool:
        return files or resource != "contents"

    authorizer = SimpleNamespace(is_authorized=is_authorized)
    return cast("LuminaHandler", SimpleNamespace(is_kernel=False, authorizer=authorizer, current_user=None))


@pytest.mark.parametrize(("text", "command"), [("/explain", ""), ("", "explain"), ("/fix @cell:#1", "")])
async def test_a_command_needs_the_right_to_read_or_a_view(text: str, command: str) -> None:
    question = Question(prompt=(TextPart(text),), command=command, notebook="a.ipynb")
    with pytest.raises(Forbidden):
        await within_rights(asker(files=False), question)
    assert await within_rights(asker(files=True), question) == question
    sent = Question(prompt=(TextPart(text),), command=command, notebook="a.ipynb", view=VIEW)
    assert await within_rights(asker(files=False), sent) == sent
