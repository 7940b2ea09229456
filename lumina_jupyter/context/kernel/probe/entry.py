"""Where a server comes in: through IPython, once, and from then on through the line."""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

from . import line
from .history import history
from .look import look, named, public


def hello(address: Any, token: str, session: str) -> str:
    """Connect to the server.

    Args:
        address: Where it listens; None for nowhere.
        token: What it knows this kernel by.
        session: The session id of its messages.

    Returns:
        JSON: whether there is a `line` now.
    """
    shell = _shell()
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        quieten(kernel, session)
    events = getattr(shell, "events", None)
    if events is not None and _executed not in events.callbacks["post_run_cell"]:
        events.register("post_run_cell", _executed)
    return json.dumps({"line": address is not None and line.connect(address, token, answer)})


def asked(request: str) -> str:
    """The answer to a request in JSON, for kernels that no line reaches."""
    return json.dumps(answer(json.loads(request)))


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Look at the user's variables: those of `names`, or all when it is None; or at what was run (`ask: history`)."""
    shell = _shell()
    if request.get("ask") == "history":
        return history(shell)
    namespace = getattr(shell, "user_ns", None) or sys.modules["__main__"].__dict__
    hidden = getattr(shell, "user_ns_hidden", None) or {}
    return look_at(namespace, hidden, request)


def look_at(namespace: dict[str, Any], hidden: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    """Look at a namespace's variables."""
    names = request.get("names")
    items = public(namespace, hidden) if names is None else named(namespace, names)
    return look(items, request)


def quieten(kernel: Any, session: str) -> None:
    """Keep the server's few messages from announcing what the kernel does.

    Each begins with the status "busy" and ends with "idle", which would be shown and recorded as the whole
    kernel's, though a cell runs. The first "busy" is out by now, so its "idle" follows when no cell does.
    """
    publish = getattr(kernel, "_publish_status", None)
    if publish is None or getattr(publish, "lumina_session", None) == session:
        return
    publish = getattr(publish, "lumina_original", publish)
    ended: list[bool] = []

    def quiet(status: str, channel: str, parent: Any = None) -> Any:
        header = (parent or kernel.get_parent(channel) or {}).get("header") or {}
        if header.get("session") != session:
            return publish(status, channel, parent)
        if status == "idle" and not ended:
            ended.append(True)
            if not _is_at_work(kernel):
                return publish(status, channel, parent)
        return None

    quiet.lumina_session = session  # type: ignore[attr-defined]  # known again when it is installed twice
    quiet.lumina_original = publish  # type: ignore[attr-defined]
    kernel._publish_status = quiet


def _executed(_result: Any = None) -> None:
    """A cell has run to its end."""
    line.tell("executed")


def _is_at_work(kernel: Any) -> bool:
    """Whether a cell runs in the kernel's main thread."""
    lock = getattr(kernel, "_main_asyncio_lock", None)
    if lock is not None:
        return bool(lock.locked())
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None:
        if frame.f_code.co_name == "execute_request":
            return True
        frame = frame.f_back
    return False


def spare_figures() -> None:
    """Keep the end of this thread's execution from being taken for the end of the cell that runs.

    IPython triggers `post_execute` at the end of each; what listens there (matplotlib's, for one) would
    show and close the figures that the running cell is still drawing.
    """
    if threading.current_thread() is threading.main_thread():
        return
    events = getattr(_shell(), "events", None)
    if events is None or "trigger" in vars(events):
        return
    thread, trigger = threading.get_ident(), events.trigger

    def others(event: str, *args: Any, **kwargs: Any) -> Any:
        if event == "post_execute" and threading.get_ident() == thread:
            vars(events).pop("trigger", None)
            return None
        return trigger(event, *args, **kwargs)

    events.trigger = others


def _shell() -> Any:
    module = sys.modules.get("IPython")
    get = getattr(module, "get_ipython", None)
    return get() if get is not None else None
