"""Asks a kernel something beside its cells: silently, out of its history, with an answer as JSON."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
from collections.abc import Mapping
from queue import Empty
from typing import TYPE_CHECKING, Any

from ...errors import KernelDied, KernelUnavailable, RunInterrupted
from .cell_run import INTERRUPTED

if TYPE_CHECKING:
    from .kernels import NotebookKernel

TICK = 0.5
"""Seconds of silence after which it is looked whether the kernel lives."""
MOST_ABORTED = 20
"""How often it is asked again when the kernel throws the question away because a cell failed before it."""
_ANSWER = "answer"


async def ask_kernel(kernel: NotebookKernel, source: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Run Python source in a kernel, in a namespace of its own, and read what it leaves in `answer`.

    It has its turn after the cells that others gave the kernel before. Nothing of it is seen in the notebook.

    Args:
        kernel: The kernel.
        source: Python; it finds the text of `given` as JSON in `given`, and leaves a JSON object's text in `answer`.
        given: What it is told.

    Raises:
        KernelDied: when the kernel ends before it answers.
        KernelUnavailable: when the answer is none, as that of a kernel that is not Python's.
        RunInterrupted: when somebody interrupts the kernel meanwhile.
    """
    client: Any = kernel.client()  # of kernels behind a gateway it is one with coroutines for methods
    await _done(client.start_channels(iopub=False, stdin=False, hb=False))
    try:
        for _attempt in range(MOST_ABORTED):
            reply = await _reply(client, kernel, _expression(source, json.dumps(dict(given))))
            if reply.get("status") != "aborted":
                return _read(reply)
        raise KernelUnavailable("The kernel does not answer: cells fail before the question, again and again.")
    finally:
        await _done(client.stop_channels())


def _expression(source: str, given: str) -> str:
    run = f"__import__('builtins').exec(__import__('builtins').compile({source!r}, '<lumina>', 'exec'), space)"
    return f"(lambda space: ({run}, space['answer'])[1])({{'given': {given!r}}})"


async def _reply(client: Any, kernel: NotebookKernel, expression: str) -> Mapping[str, Any]:
    content = {
        "code": "",
        "silent": True,
        "store_history": False,
        "user_expressions": {_ANSWER: expression},
        "allow_stdin": False,
        "stop_on_error": False,
    }
    message = client.session.msg("execute_request", content)
    client.shell_channel.send(message)
    while True:
        try:
            answer = await client.shell_channel.get_msg(timeout=TICK)
        except Empty:
            if not await kernel.lives():
                raise KernelDied("The kernel died or was restarted.") from None
            continue
        if answer["parent_header"].get("msg_id") == message["header"]["msg_id"]:
            found: Mapping[str, Any] = answer["content"]
            return found


def _read(reply: Mapping[str, Any]) -> dict[str, Any]:
    said = (reply.get("user_expressions") or {}).get(_ANSWER) or {}
    if said.get("ename") == "KeyboardInterrupt":
        raise RunInterrupted(INTERRUPTED, hint="Ask again.")
    if said.get("status") != "ok":
        what = f"{said.get('ename', 'no answer')}: {said.get('evalue', '')}"[:300]
        raise KernelUnavailable(f"The kernel does not understand the question ({what}).", hint="Is it a Python kernel?")
    try:
        answer = json.loads(ast.literal_eval(said["data"]["text/plain"]))
    except (KeyError, TypeError, ValueError, SyntaxError, MemoryError):
        answer = None
    if not isinstance(answer, dict):
        raise KernelUnavailable("The kernel's answer cannot be read.", hint="Is it a Python kernel?")
    return answer


async def _done(called: Any) -> None:
    if inspect.isawaitable(called):
        await asyncio.shield(called)
