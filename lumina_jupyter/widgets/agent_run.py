"""A run of the agent as a widget: its steps as they happen, with what waits for a person.

The page reads the run from the Jupyter server by itself, with the session of whoever looks at it, and decides with that
session too: never by way of the kernel, whose token may not approve. Where the page is not the server's own (another
front end, a saved notebook), the kernel follows the run and sends what happens, and nothing can be decided in the widget.
"""

from __future__ import annotations

import os
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..agent.run_events import LoggedEvent, run_event_data
from ..client import Client, connect
from ..errors import LuminaError, NotFound
from .bundle import bundle

MOST_EVENTS = 2000
"""Events that the widget keeps itself, for pages that cannot reach the server."""
TOGETHER = 0.2
"""Seconds in which events are sent as one message."""


class AgentRun(anywidget.AnyWidget):
    """A live view of one run.

    Args:
        run_id: The run; empty for the last one in this notebook.
        client: The way to the engine; that of this process when omitted.

    Raises:
        LuminaError: when there is no such run, or the server cannot be reached.
    """

    _esm = bundle("agent_run")

    run_id = traitlets.Unicode().tag(sync=True)
    run = traitlets.Dict().tag(sync=True)
    """The run as it was when the widget was made, and as it is when it is over."""
    events: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    """What had happened by then."""

    def __init__(self, run_id: str = "", client: Client | None = None) -> None:
        self._client = connect() if client is None else client
        self._follower: threading.Thread | None = None
        self._closed = threading.Event()
        view = self._client.agents.get(run_id or self._last())
        events = [_told(each) for each in self._client.agents.events(view.id)]
        super().__init__(run_id=view.id, run=asdict(view), events=events[-MOST_EVENTS:])
        self.on_msg(self._hear)

    def close(self) -> None:
        """End the view; the run goes on."""
        self._closed.set()
        super().close()

    def _last(self) -> str:
        for run in self._client.agents.runs(os.environ.get("JPY_SESSION_NAME", ""), _kernel_id()):
            return run.id
        raise NotFound("The agent has done nothing in this notebook.", hint="Begin with a cell `%%lumina --agent`.")

    def _hear(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """A page that cannot reach the server asks to be told."""
        if isinstance(content, dict) and content.get("type") == "follow" and self._follower is None:
            self._follower = threading.Thread(target=self._follow, name="lumina-widget", daemon=True)
            self._follower.start()

    def _follow(self) -> None:
        agents, waiting = self._client.agents, _Waiting(self._send_events)
        after = int(self.events[-1]["sequence"]) if self.events else 0
        try:
            for logged in agents.follow(self.run_id, after=after):
                if self._closed.is_set():
                    return
                waiting.add(_told(logged))
            waiting.send()
            self.run = asdict(agents.get(self.run_id))
            self.events = [_told(each) for each in agents.events(self.run_id)][-MOST_EVENTS:]
        except LuminaError as error:
            waiting.send()
            self.send({"type": "failed", "message": str(error)})
        finally:
            self._follower = None

    def _send_events(self, events: list[dict[str, Any]]) -> None:
        self.send({"type": "events", "events": events})


class _Waiting:
    """Events that are sent together: a front end handles every message by itself."""

    def __init__(self, send: Any) -> None:
        self._send = send
        self._events: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def add(self, event: dict[str, Any]) -> None:
        """Send it before long."""
        with self._lock:
            self._events.append(event)
            if self._timer is None:
                self._timer = threading.Timer(TOGETHER, self.send)
                self._timer.daemon = True
                self._timer.start()

    def send(self) -> None:
        """Send what waits."""
        with self._lock:
            events, self._events, self._timer = self._events, [], None
        if events:
            self._send(events)


def _kernel_id() -> str:
    """The id of this process's kernel; empty where it is none."""
    from ipykernel.connect import get_connection_file

    try:
        return Path(get_connection_file()).stem.removeprefix("kernel-")
    except RuntimeError:
        return ""


def _told(logged: LoggedEvent) -> dict[str, Any]:
    return {"sequence": logged.sequence, "at": logged.at, "event": run_event_data(logged.event)}
