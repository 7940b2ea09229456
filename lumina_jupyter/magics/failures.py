"""The last cell that failed, for `%lumina fix`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ..telemetry.redaction import redact
from .display_text import whole
from .session import Failure, session_of
from .stopping import CellFailed

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def remember(ipython: InteractiveShell, source: str, error: BaseException) -> None:
    """Keep the failure of a user's cell; our own and interrupts are not theirs to fix."""
    if not isinstance(error, CellFailed | KeyboardInterrupt | SystemExit):
        session_of(ipython).failure = Failure(source, error)


def last_failure(ipython: InteractiveShell) -> Failure | None:
    """The last failure, also one from before the magics were loaded."""
    found = session_of(ipython).failure
    if found is not None:
        return found
    error = getattr(sys, "last_value", None)
    if not isinstance(error, BaseException) or isinstance(error, CellFailed | KeyboardInterrupt):
        return None
    return Failure(_source_of(ipython, error), error)


def _source_of(ipython: InteractiveShell, error: BaseException) -> str:
    """The source of the cell in which an error began."""
    import linecache

    if isinstance(error, SyntaxError) and error.filename:
        return "".join(linecache.getlines(error.filename)) or (error.text or "")
    trace = error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if trace.tb_frame.f_globals is ipython.user_ns or trace.tb_frame.f_globals.get("__name__") == "__main__":
            return "".join(linecache.getlines(filename))
        trace = trace.tb_next
    return ""


def error_output(error: BaseException) -> dict[str, Any]:
    """An error as a cell's output has it, in text that is safe to send: masked, and valid Unicode."""
    import traceback

    only = traceback.format_exception_only(error)[-1].strip()
    return {
        "output_type": "error",
        "ename": type(error).__name__,
        "evalue": whole(redact(only.partition(": ")[2])),
        "traceback": [whole(redact(traceback_text(error).strip()))],
    }


def traceback_text(error: BaseException, limit: int = 6_000) -> str:
    """The traceback as a model reads it: without the frames of IPython, cut in the middle when long."""
    import traceback

    trace = error.__traceback__
    while trace is not None and "IPython" in trace.tb_frame.f_code.co_filename and trace.tb_next is not None:
        trace = trace.tb_next
    text = "".join(traceback.format_exception(type(error), error, trace))
    if len(text) <= limit:
        return text
    return f"{text[: limit // 3]}\n…\n{text[-2 * limit // 3 :]}"
