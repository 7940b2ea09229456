"""What a question may look at depends on who asks it."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import Forbidden
from .base import LuminaHandler

if TYPE_CHECKING:
    from ..memory import Question


async def within_rights(handler: LuminaHandler, question: Question) -> Question:
    """The question with no more to look at than who asks it may see.

    A kernel looks at its own variables itself and sends them, so it is given none of other kernels. People need the
    right to read kernels for variables, and the right to read contents for whatever the server reads for them.

    Raises:
        Forbidden: when it mentions files or a notebook, and who asks may not read them.
    """
    if handler.is_kernel:
        return replace(question, kernel_id="")
    if not await may_read(handler, "kernels"):
        question = replace(question, kernel_id="")
    if not await may_read(handler, "contents"):
        _check_needs_no_contents(question)
    return question


async def may_read(handler: LuminaHandler, resource: str) -> bool:
    """Whether who asks may read a resource of Jupyter's, by the server's authorizer."""
    return await may(handler, "read", resource)


async def may(handler: LuminaHandler, action: str, resource: str) -> bool:
    """Whether who asks may read, write or execute a resource of Jupyter's, by the server's authorizer."""
    allowed = handler.authorizer.is_authorized(handler, handler.current_user, action, resource)
    return bool(await allowed if inspect.isawaitable(allowed) else allowed)


def _check_needs_no_contents(question: Question) -> None:
    from ..assist import command_in
    from ..context.mentions import mentions

    sent = question.view is not None and bool(question.view.cells)
    kinds = {each.kind for each in mentions(question.text)}
    looks = question.look == "notebook" or kinds & {"cell", "error", "notebook"} or command_in(question)[0]
    reads = "file" in kinds or (not sent and looks)
    if reads:
        raise Forbidden(
            "You may not read this server's files, so a question cannot mention them.", hint="Ask the server's owner."
        )
